import type { SkuState } from '@image-studio/contract';
import type { SkuFilter } from '../state/batch-state.ts';
import { filterQuery } from '../state/filter-query.ts';

const STATES: readonly string[] = ['waiting', 'active', 'completed', 'failed', 'cancelled', 'needsReview'];

/** What the address of a batch's page says beside the batch: how its SKUs are filtered, and which one is open. */
export interface BatchQuery {
  filter: SkuFilter;
  sku: string | null;
}

/** The hash of a batch's page; what `readBatchId` and `readBatchQuery` read back. */
export function batchHash(id: string, filter: SkuFilter = {}, sku: string | null = null): string {
  const query = filterQuery(filter, sku === null ? {} : { sku });
  return `#/batches/${encodeURIComponent(id)}${query ? `?${query}` : ''}`;
}

/** The id from its part of the path. One that is escaped badly is taken as it is, and is then not found. */
export function readBatchId(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Reads `state=&reason=&rule=&q=&sku=`; a state that does not exist is no filter. */
export function readBatchQuery(search: string): BatchQuery {
  const query = new URLSearchParams(search);
  const [state, reason, rule, q] = ['state', 'reason', 'rule', 'q'].map((name) => query.get(name));
  const filter: SkuFilter = {
    ...(state && STATES.includes(state) ? { state: state as SkuState } : {}),
    ...(reason ? { reason } : {}),
    ...(rule ? { rule } : {}),
    ...(q ? { q } : {}),
  };
  return { filter, sku: query.get('sku') };
}
