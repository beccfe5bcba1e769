import { DelayedError, type Job } from 'bullmq';

/**
 * Whether only the id of a job is left, because Redis evicted the rest. BullMQ starts such a job all the same. It is to end at
 * once: its SKU gets another job, and its claim is free.
 */
export function isRemains(job: Job): boolean {
  return Object.keys(job.data as object).length === 0;
}

/** After this long a job that was given back may be taken by any worker. */
const HAND_BACK_MS = 1000;
/** A job that no version here understands is looked at ever more seldom; this is the longest wait. */
const LONGEST_HAND_BACK_MS = 30_000;

/** Gives a job back that this process will not do, e.g. because it is closing. Spends no attempt. */
export async function handBack(job: Job, token: string | undefined, ms = HAND_BACK_MS): Promise<never> {
  await job.moveToDelayed(Date.now() + ms, token);
  throw new DelayedError();
}

/**
 * Gives a job back that another version of this program wrote and that this one does not understand. Thousands of them
 * may lie there for as long as a deployment takes, so they come back ever more seldom.
 */
export async function handBackUnknown(job: Job, token: string | undefined): Promise<never> {
  const ms = HAND_BACK_MS * 2 ** Math.min(10, Math.max(0, job.attemptsStarted - 1));
  return handBack(job, token, Math.min(ms, LONGEST_HAND_BACK_MS));
}
