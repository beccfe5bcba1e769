import type { BatchSnapshot } from '@image-studio/contract';
import type { BatchState } from './batch-state.ts';
import { addPaceSample } from './pace.ts';

/**
 * The whole truth at `snapshot.seq`, sent when too much was missed. What is on the screen stays until it can be
 * replaced: a list that is longer than the snapshot, or filtered, is marked `stale` and read again from REST.
 */
export function applySnapshot(state: BatchState, snapshot: BatchSnapshot, nowMs: number): BatchState {
  const codes = snapshot.skus.map(({ sku }) => sku);
  const plain = Object.values(state.filter).every((value) => value === undefined);
  const covers = plain && (state.order === null || state.order.length <= codes.length);
  const skus = new Map(state.skus);
  for (const sku of snapshot.skus) skus.set(sku.sku, sku);
  return {
    ...state,
    batch: { ...state.batch, ...snapshot.batch },
    seq: snapshot.seq,
    progressSeq: snapshot.seq,
    skus,
    news: state.news + 1,
    changedAt: new Map(codes.map((code) => [code, state.news + 1])),
    ...(covers ? { order: codes, nextCursor: snapshot.nextCursor, stale: false } : { stale: true }),
    pace: addPaceSample(state.pace, snapshot.batch.calls, nowMs),
  };
}
