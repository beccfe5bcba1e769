import type { BatchStatus, BatchView } from '@image-studio/contract';
import type { QuotaView } from '../fleet/fleet-state.ts';

/** Messages for the operator while which no call leaves. */
const STOPS_CALLS: readonly string[] = ['MODEL_MISCONFIGURED', 'MODEL_UNUSABLE', 'SPEND_LIMIT_TOO_SMALL'];

/** How a batch is doing: its status, or why one that should run cannot. */
export type BatchStanding = BatchStatus | 'noWorkers' | 'aiPaused';

/** Says of a batch that is said to run, but cannot, what it waits for. `null` figures of the fleet are not known yet. */
export function batchStanding(
  { status }: Pick<BatchView, 'status'>,
  quota: Pick<QuotaView, 'messages' | 'pausedUntil'> | null,
  workers: number | null,
): BatchStanding {
  if (status !== 'running' && status !== 'queued') return status;
  if (workers === 0) return 'noWorkers';
  const isStopped = quota?.messages.some(({ code }) => STOPS_CALLS.includes(code)) || quota?.pausedUntil;
  return isStopped ? 'aiPaused' : status;
}
