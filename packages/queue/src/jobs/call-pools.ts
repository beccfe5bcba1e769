import { DEFAULT_POOL } from '@image-studio/contract';
import type { Queue } from 'bullmq';
import type { Database } from '../redis/database.ts';
import type { QueueName } from './queues.ts';

/** What a provider grants an account for a model; a limit that is absent does not exist. */
export interface QuotaLimits {
  callsPerMinute: number;
  callsPerDay?: number;
  spendPer10MinUsd?: number;
  /** Name of that limit in the configuration. Default: `AI_SPEND_PER_10_MIN_USD`. */
  spendLimitName?: string;
}

/** One provider, model and account as the configuration names them: what its calls may take. */
export interface PoolConfig {
  /** Part of names in Redis, so no `:`. */
  name: string;
  quota: QuotaLimits;
  /** Calls on the wire at once, in the whole fleet. Default: no bound but each worker's own. */
  concurrency?: number;
}

/**
 * A pool as a process works with it: `keys` are its own, and so is its queue. Pools share nothing that one of them could use up or
 * stop: each has a schedule, limits, a breaker and a queue with a limiter, so one that is down never slows another.
 */
export interface CallPool extends Database {
  name: string;
  quota: QuotaLimits;
  concurrency: number | undefined;
  aiQueue: Queue;
}

/** Every queue of a process, once Redis has been there. */
export interface OpenQueues {
  sku: Queue;
  pools: CallPools;
  webhook: Queue;
  chore: Queue;
}

export interface CallPools {
  /** The default pool first. */
  all(): CallPool[];
  /** The pool of a call; also one that another process of the fleet has configured and this one has not. */
  of(call: { pool?: string | undefined }): CallPool;
  close(): Promise<void>;
}

/** Of a pool that this process knows only by name: a worker that serves it knows its quota. */
const UNKNOWN_QUOTA: QuotaLimits = { callsPerMinute: 60 };

export function openCallPools(
  db: Database,
  configs: readonly PoolConfig[],
  open: (queueName: QueueName) => Queue,
): CallPools {
  const pools = new Map<string, CallPool>();
  const add = ({ name, quota, concurrency }: PoolConfig): CallPool => {
    const keys = db.keys.pool(name);
    const pool = { name, quota, concurrency, redis: db.redis, keys, aiQueue: open(keys.aiQueue) };
    pools.set(name, pool);
    return pool;
  };
  for (const config of configs) add(config);
  return {
    all: () => [...pools.values()],
    of: ({ pool: name = DEFAULT_POOL }) => pools.get(name) ?? add({ name, quota: UNKNOWN_QUOTA }),
    async close() {
      await Promise.all([...pools.values()].map(({ aiQueue }) => aiQueue.close()));
    },
  };
}
