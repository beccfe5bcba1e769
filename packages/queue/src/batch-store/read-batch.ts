import { BatchOptions, type BatchStatus, PausedFor } from '@image-studio/contract';
import type { BatchState } from './batch-state.ts';
import { parseShown } from './parse-known.ts';

/** Turns the batch hash into the value that the rest of the product knows; `null` when there is no such batch. */
export function readBatch(hash: Record<string, string>): BatchState | null {
  if (hash.id === undefined) return null;
  const number = (field: string) => Number(hash[field] ?? 0);
  const counts = {
    total: number('total'),
    waiting: number('waiting'),
    active: number('active'),
    completed: number('completed'),
    failed: number('failed'),
    cancelled: number('cancelled'),
    needsReview: number('needsReview'),
  };
  return {
    id: hash.id,
    tenant: hash.tenant ?? 'default',
    ...(hash.by && { by: hash.by }),
    name: hash.name || null,
    options: parseShown(BatchOptions, JSON.parse(hash.options ?? '{}')),
    status: statusOf(counts, hash.isCancelled === '1', hash.paused === '1'),
    counts,
    images: { expected: number('imagesExpected'), done: number('imagesDone') },
    calls: { made: number('callsMade'), reused: number('callsReused'), failed: number('callsFailed') },
    costUsd: number('costMicroUsd') / 1e6,
    eta: null,
    budgetUsd: number('budgetMicroUsd') > 0 ? number('budgetMicroUsd') / 1e6 : null,
    ...sampleOf(hash),
    pausedFor: hash.paused === '1' ? PausedFor.catch('operator').parse(hash.pausedFor) : null,
    seq: number('seq'),
    createdAt: new Date(number('createdAt')).toISOString(),
    expiresAt: null,
    finishedAt: hash.finishedAt ? new Date(Number(hash.finishedAt)).toISOString() : null,
  };
}

function sampleOf(hash: Record<string, string>): Pick<BatchState, 'sample'> {
  if (!hash.sampleOf) return {};
  const isReady = hash.paused === '1' && hash.pausedFor === 'sample';
  const isMaking = Number(hash.sampling ?? 0) > 0;
  const size = hash.sampleOf.split(',').length;
  return { sample: { size, state: isReady ? 'ready' : isMaking ? 'making' : 'done' } };
}

function statusOf(counts: BatchState['counts'], isCancelled: boolean, isPaused: boolean): BatchStatus {
  if (isCancelled) return 'cancelled';
  if (isPaused) return 'paused';
  if (counts.waiting + counts.active === 0) {
    return counts.completed + counts.needsReview > 0 ? 'completed' : 'failed';
  }
  return counts.waiting === counts.total ? 'queued' : 'running';
}
