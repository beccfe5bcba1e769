import type { BatchView } from '@image-studio/contract';
import type { BatchState, SkuFilter } from './batch-state.ts';
import { addPaceSample } from './pace.ts';

/** The state of a page that has just read its batch from REST and no SKU yet. */
export function startBatch(batch: BatchView, filter: SkuFilter, nowMs: number): BatchState {
  return {
    batch,
    seq: batch.seq,
    progressSeq: batch.seq,
    skus: [],
    news: 0,
    epoch: 0,
    filter,
    frontier: 0,
    shownFrontier: 0,
    pace: addPaceSample([], batch.images, nowMs),
  };
}
