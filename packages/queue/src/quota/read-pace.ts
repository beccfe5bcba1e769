import { DEFAULT_POOL } from '@image-studio/contract';
import type { Pace } from '../batch-store/eta.ts';
import { percentiles } from '../batch-store/percentiles.ts';
import { secondCalls } from '../batch-store/second-calls.ts';
import { listWorkers } from '../fleet/fleet.ts';
import { listOperatorMessages } from '../fleet/operator-messages.ts';
import { readWaiting } from '../fleet/read-waiting.ts';
import { STOPPING_MESSAGES } from '../fleet/stopping-messages.ts';
import type { WorkerInfo } from '../fleet/worker-info.ts';
import type { PoolConfig, QuotaLimits } from '../jobs/call-pools.ts';
import type { Database } from '../redis/database.ts';
import type { OperatorMessage } from '../redis/operator-message.ts';
import { fleetPace } from './fleet-pace.ts';
import { workersPace } from './workers-pace.ts';

/**
 * Readings that change slowly and that every batch on somebody's screen needs: the last 200 calls, the fleet's last hour, the
 * last 50 batches.
 */
const SLOW_MS = 1000;

/**
 * Reads the pace on which a batch's ETA depends. `pools`: those whose calls the batch may take, that of its wished model first.
 * Times of calls and pictures may be a second old.
 */
export function createPaceReader(
  db: Database,
  pools: readonly PoolConfig[],
): (pools: readonly string[]) => Promise<Pace> {
  const readers = new Map<string, PoolReader>();
  return ([pool = DEFAULT_POOL, ...fallbacks]) => {
    const quota = (pools.find(({ name }) => name === pool) ?? pools[0])?.quota ?? { callsPerMinute: 60 };
    const read = readers.get(pool) ?? createPoolReader({ ...db, keys: db.keys.pool(pool) }, quota);
    readers.set(pool, read);
    return read([pool, ...fallbacks]);
  };
}

type PoolReader = (pools: readonly string[]) => Promise<Pace>;

function createPoolReader(db: Database, quota: QuotaLimits): PoolReader {
  const { redis, keys } = db;
  let slow: Promise<[string[], Record<string, string>, WorkerInfo[], string[]]> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  const readSlow = (): NonNullable<typeof slow> => {
    if (slow === undefined || performance.now() - readAt > SLOW_MS) {
      readAt = performance.now();
      const read = Promise.all([
        redis.lrange(keys.latencies, 0, -1),
        redis.hgetall(keys.throughput),
        listWorkers(db),
        redis.lrange(keys.again, 0, -1),
      ]);
      slow = read;
      read.catch(() => {
        slow = undefined;
      });
    }
    return slow;
  };

  return async (pools) => {
    const [override, { skus: backlog }, messages, [times, throughput, workers, again]] = await Promise.all([
      redis.hget(keys.quota, 'callsPerMinute'),
      readWaiting(db, pools),
      listOperatorMessages(db),
      readSlow(),
    ]);
    return {
      callsPerMinute: Number(override ?? quota.callsPerMinute),
      latencyMs: percentiles(times.map(Number)),
      secondCalls: secondCalls(again.map(Number)),
      backlog,
      isStopped: pools.every((pool) => isStopped(pool, messages)),
      fleetPerMinute: fleetPace(throughput) ?? workersPace(workers),
    };
  };
}

function isStopped(pool: string, messages: readonly OperatorMessage[]): boolean {
  return messages.some(
    (message) => STOPPING_MESSAGES.has(message.code) && (message.pool ?? DEFAULT_POOL) === pool,
  );
}
