import { type BatchQuery, batchHash } from '../ui/batch-hash.ts';
import { navigate } from '../ui/navigate.ts';

/** Marks the entry of the history that opening a SKU has made: closing the SKU goes back to the one before. */
const OPENED = { openedSku: true };

/**
 * Goes from one view of a batch to another. Opening a SKU and choosing a filter are steps that *back* takes back;
 * going on to the next SKU and typing into the search are not.
 */
export function goInBatch(id: string, from: BatchQuery, to: BatchQuery): void {
  const hash = batchHash(id, to.filter, to.sku);
  const isSameFilter = JSON.stringify(from.filter) === JSON.stringify(to.filter);
  if (to.sku !== null) {
    const state = from.sku === null ? OPENED : history.state;
    navigate(hash, { replace: from.sku !== null, state });
  } else if (from.sku !== null && isSameFilter && history.state?.openedSku) {
    history.back();
  } else {
    navigate(hash, { replace: from.sku !== null || isSameFilter || isOnlySearch(from.filter, to.filter) });
  }
}

function isOnlySearch(
  { q: _, ...from }: BatchQuery['filter'],
  { q: __, ...to }: BatchQuery['filter'],
): boolean {
  return JSON.stringify(from) === JSON.stringify(to);
}
