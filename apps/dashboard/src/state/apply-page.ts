import type { BriefSkuView } from '@image-studio/contract';
import type { BatchState } from './batch-state.ts';
import { briefOf } from './sku-brief.ts';

/** One page of the SKU list as REST answered it. */
export interface SkuPage {
  items: BriefSkuView[];
  nextCursor: string | null;
}

/** What was asked for, and what was known at the time. */
export interface AskedPage {
  /** Index that the page begins at. */
  from: number;
  news: number;
  epoch: number;
}

/**
 * Adds a page. A SKU that an event has changed since the page was asked for keeps the event's view: the page may be
 * older, and if it is newer, its own event is on the way. A page that was asked for before the epoch is no use.
 */
export function applyPage(state: BatchState, page: SkuPage, asked: AskedPage): BatchState {
  if (asked.epoch !== state.epoch) return state;
  const skus = [...state.skus];
  for (const item of page.items) {
    const known = skus[item.index];
    if (known && known.epoch === state.epoch && known.news > asked.news) continue;
    skus[item.index] = { sku: briefOf(item), epoch: state.epoch, news: 0 };
  }
  // A sparse array would be kept by the engine as a slow dictionary.
  for (let index = state.skus.length; index < skus.length; index += 1) skus[index] ??= undefined;
  const end = page.nextCursor === null ? Infinity : Number(page.nextCursor);
  return { ...state, skus, frontier: asked.from === state.frontier ? end : state.frontier };
}
