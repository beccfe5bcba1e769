import type { BatchFinished, BatchProgress, BatchView } from '@image-studio/contract';

/** A batch with the numbers of an event, which is newer than it. */
export function withNumbers(batch: BatchView, event: BatchProgress | BatchFinished): BatchView {
  const { status, counts, images, calls, costUsd, budgetUsd, pausedFor, sample, eta, seq } = event;
  // A retry sets a finished batch going again; only the event of its end says when that was.
  const finishedAt = 'finishedAt' in event ? event.finishedAt : isOpen(status) ? null : batch.finishedAt;
  const numbers = { status, counts, images, calls, costUsd, budgetUsd, pausedFor, eta, seq, finishedAt };
  return { ...batch, ...numbers, ...(sample && { sample }) };
}

function isOpen(status: BatchView['status']): boolean {
  return status === 'queued' || status === 'running' || status === 'paused';
}
