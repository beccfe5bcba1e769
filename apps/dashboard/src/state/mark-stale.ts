import type { BatchState } from './batch-state.ts';

/** Changes may have been missed: what is on the screen stays there, and is read again. */
export function markStale(state: BatchState): BatchState {
  return {
    ...state,
    epoch: state.epoch + 1,
    frontier: 0,
    shownFrontier: Math.max(state.frontier, state.shownFrontier),
  };
}
