import type { BatchState, SkuFilter } from './batch-state.ts';

/** Narrows the list. It is empty until the first page of the new filter has come. */
export function changeFilter(state: BatchState, filter: SkuFilter): BatchState {
  return { ...state, filter, order: null, nextCursor: null, stale: false };
}
