import type { BatchView } from '@image-studio/contract';
import type { BatchState, SkuFilter } from './batch-state.ts';
import { addPaceSample } from './pace.ts';

/** The state of a page that has just read its batch from REST and no SKU yet. */
export function startBatch(batch: BatchView, filter: SkuFilter, nowMs: number): BatchState {
  return {
    batch,
    seq: batch.seq,
    progressSeq: batch.seq,
    skus: new Map(),
    news: 0,
    changedAt: new Map(),
    filter,
    order: null,
    nextCursor: null,
    stale: false,
    pace: addPaceSample([], batch.calls, nowMs),
  };
}
