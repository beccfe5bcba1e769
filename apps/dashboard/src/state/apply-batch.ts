import type { BatchView } from '@image-studio/contract';
import type { BatchState } from './batch-state.ts';
import { addPaceSample } from './pace.ts';

/** The batch as REST answered it; ignored when events have already told more. */
export function applyBatch(state: BatchState, batch: BatchView, nowMs: number): BatchState {
  if (batch.seq < state.progressSeq) return state;
  return {
    ...state,
    batch,
    progressSeq: batch.seq,
    pace: addPaceSample(state.pace, batch.images, nowMs),
  };
}
