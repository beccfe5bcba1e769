import { AI_QUEUE, SKU_QUEUE } from '../jobs/queues.ts';
import type { Database } from '../redis/database.ts';
import { rankJobsScript } from './rank-jobs.lua.ts';

/** Places given at once: more than any fleet starts before the next time, 0.1 to 1 s later. */
const PLACES = 100;
/** BullMQ priority of a job that has no place yet: behind those that have, in the order of arrival. */
export const UNRANKED = PLACES + 1;

/** Puts what is ready in both queues in the order of whose turn it is. */
export async function rankReadyJobs(db: Database): Promise<void> {
  const { redis, keys } = db;
  for (const queue of [AI_QUEUE, SKU_QUEUE]) {
    const jobs = `${keys.prefix}:${queue}:`;
    await rankJobsScript(redis, [`${jobs}prioritized`, keys.clock], [keys.batch(''), jobs, PLACES]);
  }
}
