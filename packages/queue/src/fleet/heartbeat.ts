import { hostname } from 'node:os';
import type { ActiveJobs } from '../jobs/active-jobs.ts';
import type { Database } from '../redis/database.ts';
import { redisNow } from '../redis/redis-now.ts';
import { reportWorker } from './fleet.ts';
import type { WorkerCapacity } from './worker-info.ts';

export interface HeartbeatOptions {
  workerId: string;
  version: string;
  /** Whose calls it makes. */
  pools: string[];
  capacity?: (() => WorkerCapacity) | undefined;
}

/** Each call of the result tells the fleet that this process lives, since when, and what it does. */
export function createHeartbeat(
  db: Database,
  active: ActiveJobs,
  { workerId, version, pools, capacity }: HeartbeatOptions,
): () => Promise<void> {
  const startedAt = performance.now();
  return async () => {
    const { skus, calls } = active.counts();
    // By the clock of Redis, because hosts disagree.
    const now = await redisNow(db.redis);
    await reportWorker(db, {
      id: workerId,
      host: hostname(),
      pid: process.pid,
      version,
      startedAt: new Date(now - (performance.now() - startedAt)).toISOString(),
      lastSeenAt: new Date(now).toISOString(),
      activeSkus: skus,
      activeCalls: calls,
      stages: active.stages(),
      capacity: capacity?.(),
      pools,
    });
  };
}
