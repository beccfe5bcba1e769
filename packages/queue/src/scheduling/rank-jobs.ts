import { SKU_QUEUE } from '../jobs/queues.ts';
import type { Database } from '../redis/database.ts';
import { rankJobsScript } from './rank-jobs.lua.ts';

/** Places given at once: more than any fleet starts before the next time, 0.1 to 1 s later. */
const PLACES = 100;
/** BullMQ priority of a job that has no place yet: behind those that have, in the order of arrival. */
export const UNRANKED = PLACES + 1;

/** Puts the calls that are ready in a pool in the order of whose turn it is. */
export async function rankReadyCalls(pool: Database): Promise<void> {
  await rankReady(pool, pool.keys.aiQueue);
}

/** Puts the SKUs that are ready in the order of whose turn it is, by the clock of the default pool. */
export async function rankReadySkus(db: Database): Promise<void> {
  await rankReady(db, SKU_QUEUE);
}

async function rankReady({ redis, keys }: Database, queue: string): Promise<void> {
  const jobs = `${keys.prefix}:${queue}:`;
  await rankJobsScript(redis, [`${jobs}prioritized`, keys.clock], [keys.batch(''), jobs, PLACES]);
}
