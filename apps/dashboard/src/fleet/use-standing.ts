import type { BatchView } from '@image-studio/contract';
import { type BatchStanding, batchStanding } from '../batch/batch-standing.ts';
import type { Studio } from '../studio.ts';
import type { QuotaView, WorkerView } from './fleet-state.ts';
import { FLEET_POLL_MS, usePoll } from './use-poll.ts';

/** How batches are doing, given how the fleet is. */
export function useStanding(studio: Studio): (batch: Pick<BatchView, 'status'>) => BatchStanding {
  const { value: quota } = usePoll<QuotaView>(studio, 'quota', FLEET_POLL_MS);
  const { value: workers } = usePoll<{ items: WorkerView[] }>(studio, 'workers', FLEET_POLL_MS);
  return (batch) => batchStanding(batch, quota, workers?.items.length ?? null);
}
