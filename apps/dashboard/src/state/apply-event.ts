import type { BatchFinished, BatchProgress, MissedEvent, SkuUpdate } from '@image-studio/contract';
import type { BatchState } from './batch-state.ts';
import { addPaceSample } from './pace.ts';
import { briefOf } from './sku-brief.ts';
import { withNumbers } from './with-numbers.ts';

/**
 * One live or missed event. Events may come twice or late: an older one than what is known changes nothing, an equal
 * one changes nothing visible.
 */
export function applyEvent(state: BatchState, event: MissedEvent, nowMs: number): BatchState {
  if (event.batchId !== state.batch.id) return state;
  return event.event === 'sku:update' ? applySkus(state, event) : applyProgress(state, event, nowMs);
}

function applySkus(state: BatchState, update: SkuUpdate): BatchState {
  if (update.seq < state.seq) return state;
  const news = state.news + 1;
  const skus = [...state.skus];
  for (const item of update.skus) {
    while (skus.length < item.index) skus.push(undefined);
    skus[item.index] = { sku: briefOf(item), epoch: state.epoch, news };
  }
  return { ...state, seq: update.seq, news, skus };
}

function applyProgress(
  state: BatchState,
  event: MissedEvent & (BatchProgress | BatchFinished),
  nowMs: number,
): BatchState {
  if (event.seq < state.progressSeq) return state;
  return {
    ...state,
    progressSeq: event.seq,
    batch: withNumbers(state.batch, event),
    pace: addPaceSample(state.pace, event.images, nowMs),
  };
}
