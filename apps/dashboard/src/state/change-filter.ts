import type { BatchState, SkuFilter } from './batch-state.ts';

/** Narrows the list. It is read from its start; what is known of the SKUs stays known. */
export function changeFilter(state: BatchState, filter: SkuFilter): BatchState {
  return { ...state, filter, frontier: 0, shownFrontier: 0 };
}
