import type { BatchFinished, BatchProgress, MissedEvent, SkuUpdate } from '@image-studio/contract';
import type { BatchState } from './batch-state.ts';
import { matchesFilter } from './matches-filter.ts';
import { addPaceSample } from './pace.ts';

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
  const skus = new Map(state.skus);
  const changedAt = new Map(state.changedAt);
  const listed = new Set(state.order);
  const added: string[] = [];
  // Unfiltered and with pages to come, a SKU has its place in one of those pages.
  const mayAppend = state.order !== null && (state.nextCursor === null || isNarrow(state));
  for (const sku of update.skus) {
    skus.set(sku.sku, sku);
    changedAt.set(sku.sku, news);
    if (mayAppend && !listed.has(sku.sku) && matchesFilter(sku, state.filter)) added.push(sku.sku);
  }
  return {
    ...state,
    seq: update.seq,
    news,
    skus,
    changedAt,
    order: added.length > 0 && state.order ? [...state.order, ...added] : state.order,
  };
}

function applyProgress(
  state: BatchState,
  event: MissedEvent & (BatchProgress | BatchFinished),
  nowMs: number,
): BatchState {
  if (event.seq < state.progressSeq) return state;
  const { counts, calls, costUsd, eta } = event;
  const ended =
    event.event === 'batch:finished' ? { status: event.status, finishedAt: event.finishedAt } : undefined;
  return {
    ...state,
    progressSeq: event.seq,
    batch: { ...state.batch, counts, calls, costUsd, eta, seq: event.seq, ...ended },
    pace: addPaceSample(state.pace, calls, nowMs),
  };
}

function isNarrow({ filter }: BatchState): boolean {
  return filter.state !== undefined || filter.reason !== undefined || filter.q !== undefined;
}
