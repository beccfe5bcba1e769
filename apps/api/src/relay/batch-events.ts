import type { BatchFinished, BatchProgress } from '@image-studio/contract';
import type { BatchState, SkuEntry } from '@image-studio/queue';

/** The numbers of a batch at `seq`; `latest` is the SKU that changed last, if one did. */
export function progressEvent(batch: BatchState, seq: number, latest: SkuEntry | undefined): BatchProgress {
  return { type: 'progress', ...numbers(batch, seq, latest) };
}

export function finishedEvent(batch: BatchState, seq: number, latest: SkuEntry | undefined): BatchFinished {
  return {
    type: 'finished',
    ...numbers(batch, seq, latest),
    finishedAt: batch.finishedAt,
  };
}

function numbers(batch: BatchState, seq: number, latest: SkuEntry | undefined): Omit<BatchProgress, 'type'> {
  const { total, waiting, active } = batch.counts;
  const current = total - waiting - active;
  return {
    batchId: batch.id,
    seq,
    stage: latest?.record.stage ?? null,
    sku: latest?.input.sku ?? null,
    current,
    total,
    percentage: total === 0 ? 0 : Math.floor((current / total) * 1000) / 10,
    status: batch.status,
    counts: batch.counts,
    images: batch.images,
    calls: batch.calls,
    costUsd: batch.costUsd,
    budgetUsd: batch.budgetUsd,
    pausedFor: batch.pausedFor,
    ...(batch.sample && { sample: batch.sample }),
    eta: batch.eta,
  };
}
