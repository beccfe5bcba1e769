import type { BatchView, MissedEvent } from '@image-studio/contract';
import { withNumbers } from './with-numbers.ts';

/** The list of batches after an event; an older event than what is shown changes nothing. */
export function applyToList(batches: readonly BatchView[], event: MissedEvent): readonly BatchView[] {
  if (event.event === 'sku:update') return batches;
  return batches.map((batch) =>
    batch.id === event.batchId && event.seq >= batch.seq ? withNumbers(batch, event) : batch,
  );
}
