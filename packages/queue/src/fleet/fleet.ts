import { Stage } from '@image-studio/contract';
import { z } from 'zod';
import { executeAll } from '../redis/connect.ts';
import type { Database } from '../redis/database.ts';
import { redisNow } from '../redis/redis-now.ts';
import { defineScript } from '../redis/script.ts';
import type { WorkerInfo } from './worker-info.ts';

/** A worker that has been silent this long is not listed any more. */
const SILENCE_MS = 15_000;

const StoredWorker = z.object({
  id: z.string(),
  host: z.string(),
  pid: z.number(),
  version: z.string(),
  startedAt: z.string(),
  lastSeenAt: z.string(),
  activeSkus: z.number(),
  activeCalls: z.number(),
  // Workers of earlier versions do not say.
  stages: z.partialRecord(Stage, z.number()).default({}),
  pools: z.array(z.string()).optional(),
  capacity: z
    .object({ cpus: z.number(), aiConcurrency: z.number(), cpuMsPerPicture: z.number().nullable() })
    .optional(),
});

/** Writes a worker's sign of life; it vanishes by itself when the worker does. */
export async function reportWorker(db: Database, worker: WorkerInfo): Promise<void> {
  const { redis, keys } = db;
  await reportWorkerScript(
    redis,
    [keys.worker(worker.id), keys.workers],
    [worker.id, JSON.stringify(worker), SILENCE_MS],
  );
}

/** By the clock of Redis, because every host tidies up behind all the others. KEYS: worker, workers. ARGV: id, JSON, silence (ms). */
const reportWorkerScript = defineScript(/* lua */ `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('ZADD', KEYS[2], now, ARGV[1])
return redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - tonumber(ARGV[3]))
`);

export async function forgetWorker(db: Database, id: string): Promise<void> {
  const { redis, keys } = db;
  await executeAll(redis, (all) => all.del(keys.worker(id)).zrem(keys.workers, id));
}

export async function listWorkers(db: Database): Promise<WorkerInfo[]> {
  const { redis, keys } = db;
  const ids = await redis.zrangebyscore(keys.workers, (await redisNow(redis)) - SILENCE_MS, '+inf');
  if (ids.length === 0) return [];
  const values = await redis.mget(ids.map((id) => keys.worker(id)));
  return values.flatMap((value) => (value === null ? [] : [StoredWorker.parse(JSON.parse(value))]));
}
