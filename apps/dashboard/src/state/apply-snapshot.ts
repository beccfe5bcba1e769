import type { BatchSnapshot } from '@image-studio/contract';
import type { BatchState } from './batch-state.ts';
import { markStale } from './mark-stale.ts';
import { addPaceSample } from './pace.ts';
import { briefOf } from './sku-brief.ts';

/**
 * The whole truth at `snapshot.seq`, sent when too much was missed. What is on the screen stays until it is replaced:
 * SKUs that the snapshot does not hold are read again from REST where they are shown.
 */
export function applySnapshot(state: BatchState, snapshot: BatchSnapshot, nowMs: number): BatchState {
  const stale = markStale(state);
  const skus = [...stale.skus];
  const news = state.news + 1;
  for (const item of snapshot.skus) skus[item.index] = { sku: briefOf(item), epoch: stale.epoch, news };
  return {
    ...stale,
    batch: { ...state.batch, ...snapshot.batch },
    seq: snapshot.seq,
    progressSeq: snapshot.seq,
    skus,
    news,
    pace: addPaceSample(state.pace, snapshot.batch.images, nowMs),
  };
}
