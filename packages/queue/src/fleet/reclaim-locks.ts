import { DEFAULT_POOL } from '@image-studio/contract';
import type { ActiveJob } from '../jobs/active-jobs.ts';
import { SKU_QUEUE } from '../jobs/queues.ts';
import type { Database } from '../redis/database.ts';
import { reclaimLocksScript } from './reclaim-locks.lua.ts';

/** After an outage: so much time have the others to take their locks back, before anybody looks for stalled jobs. */
const RECLAIM_MS = 2500;

/**
 * Takes the locks of this process's jobs back, which run out in an outage of Redis: it goes on with them, and nobody else
 * need do them again.
 */
export async function reclaimLocks(
  { redis, keys }: Database,
  jobs: readonly ActiveJob[],
  options: { pools: readonly string[]; jobLockMs: number },
): Promise<void> {
  const queueOf = ({ kind, pool }: ActiveJob) =>
    kind === 'sku' ? SKU_QUEUE : keys.pool(pool ?? DEFAULT_POOL).aiQueue;
  await Promise.all(
    [SKU_QUEUE, ...options.pools.map((name) => keys.pool(name).aiQueue)].map((queue) => {
      const held = jobs.filter((job) => queueOf(job) === queue);
      const scriptKeys = ['active', 'stalled', 'stalled-check'].map((key) => keys.queue(queue, key));
      return reclaimLocksScript(redis, scriptKeys, [
        keys.queue(queue, ''),
        options.jobLockMs,
        RECLAIM_MS,
        ...held.flatMap(({ jobId, token }) => [jobId, token]),
      ]);
    }),
  );
}
