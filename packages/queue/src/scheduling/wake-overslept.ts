import type { Queue } from 'bullmq';
import { promoteJob } from '../jobs/promote-job.ts';
import type { Redis } from '../redis/connect.ts';
import { redisNow } from '../redis/redis-now.ts';

/** BullMQ keeps milliseconds in the upper bits of the score of a delayed job. */
const SCORE_OF_MS = 4096;
/** Nothing of ours waits longer: two minutes for a quota, a minute before a retry. */
const LONGEST_DELAY_MS = 150_000;
/** From here on calls are parked (for a year), until there is a place for them. */
const PARKED_FROM_MS = 86_400_000;

/**
 * Wakes jobs that are to sleep for longer than anything of ours sleeps. BullMQ writes down when a job may go on by the clock of the host
 * that put it to sleep: when that is ten minutes ahead, and the host is gone, the others would wait for ten minutes.
 */
export async function wakeOverslept(redis: Redis, queue: Queue): Promise<void> {
  const now = await redisNow(redis);
  const [from, to] = [LONGEST_DELAY_MS, PARKED_FROM_MS].map((ms) => (now + ms) * SCORE_OF_MS);
  const ids = await redis.zrangebyscore(queue.toKey('delayed'), from ?? 0, to ?? 0);
  for (const id of ids) await promoteJob(queue, id);
}
