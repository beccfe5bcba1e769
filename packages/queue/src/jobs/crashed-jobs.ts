import type { Job } from 'bullmq';
import { handBack } from './hand-back.ts';

/**
 * So many workers may die (or lose touch with Redis) under one start after another of a job; BullMQ fails it at the
 * next one. Work on pixels dies in child processes, so nothing that a SKU brings is known to kill a worker; the bound
 * ends what nobody has foreseen. It is this high because kills from outside must not give an innocent SKU up:
 * docs/decisions/0035-stalled-jobs-with-a-bound.md says why.
 */
export const MAX_CRASHES = 16;
/** From so many crashes on a job waits before it starts again: one kill, or two, delay nobody. */
const SPREAD_FROM = 2;
/** The longest wait doubles with each crash, from 1 s after the second, up to this. */
const LONGEST_WAIT_MS = 16_000;

/**
 * Gives a job that has crashed twice or more back once for each crash, for a random time. Jobs that died with the same
 * worker start again at different moments, so one that kills its worker takes ever fewer others along. A job's progress
 * says which crash it has waited for. Rejects with BullMQ's `DelayedError` when it gives the job back.
 */
export async function spreadCrashed(job: Job, token: string | undefined): Promise<void> {
  const crashes = job.stalledCounter;
  if (crashes < SPREAD_FROM || progressOf(job).crashes === crashes) return;
  await job.updateProgress({ ...progressOf(job), crashes });
  const longest = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** (crashes - SPREAD_FROM));
  return handBack(job, token, Math.round(Math.random() * longest));
}

/** A job's progress. A writer of one field keeps the other. */
export function progressOf({ progress }: Job): { crashes?: number; stage?: string } {
  return typeof progress === 'object' ? progress : {};
}

/** Why BullMQ itself has failed a job, in words for the operator; `null` for any other reason. */
export function crashReason(failedReason: string | undefined): string | null {
  if (failedReason !== 'job stalled more than allowable limit') return null;
  return `${MAX_CRASHES + 1} workers in a row died, or lost touch with Redis, while they worked on it`;
}
