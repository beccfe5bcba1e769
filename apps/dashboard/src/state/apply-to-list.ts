import type { BatchView, MissedEvent } from '@image-studio/contract';

/** The list of batches after an event; an older event than what is shown changes nothing. */
export function applyToList(batches: readonly BatchView[], event: MissedEvent): readonly BatchView[] {
  if (event.event === 'sku:update') return batches;
  const { counts, calls, costUsd, eta, seq } = event;
  const ended =
    event.event === 'batch:finished' ? { status: event.status, finishedAt: event.finishedAt } : undefined;
  return batches.map((batch) =>
    batch.id === event.batchId && seq >= batch.seq
      ? { ...batch, counts, calls, costUsd, eta, seq, ...ended }
      : batch,
  );
}
