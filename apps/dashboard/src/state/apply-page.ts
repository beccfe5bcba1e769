import type { SkuView } from '@image-studio/contract';
import type { BatchState } from './batch-state.ts';

/** One page of the SKU list as REST answered it. */
export interface SkuPage {
  items: SkuView[];
  nextCursor: string | null;
}

/**
 * Adds a page to the list, or makes it the list. `askedAtNews` is `state.news` at the time of the request: a SKU that an event has changed since keeps
 * the event's view: the page may be older, and if it is newer, its own event is on the way.
 */
export function applyPage(
  state: BatchState,
  page: SkuPage,
  { askedAtNews, replace }: { askedAtNews: number; replace: boolean },
): BatchState {
  const skus = new Map(state.skus);
  for (const sku of page.items) {
    if ((state.changedAt.get(sku.sku) ?? 0) <= askedAtNews) skus.set(sku.sku, sku);
  }
  const before = replace ? [] : (state.order ?? []);
  const order = [...new Set([...before, ...page.items.map(({ sku }) => sku)])];
  return { ...state, skus, order, nextCursor: page.nextCursor, stale: false };
}
