import { Stage } from '@image-studio/contract';
import { z } from 'zod';
import { executeAll, type Redis } from './connect.ts';
import type { Keys } from './keys.ts';
import type { WorkerInfo } from './studio-api.ts';

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
});

/** Writes a worker's sign of life; it vanishes by itself when the worker does. */
export async function reportWorker(redis: Redis, keys: Keys, worker: WorkerInfo): Promise<void> {
  await executeAll(redis, (all) =>
    all
      .set(keys.worker(worker.id), JSON.stringify(worker), 'PX', SILENCE_MS)
      .zadd(keys.workers, Date.now(), worker.id)
      .zremrangebyscore(keys.workers, '-inf', Date.now() - SILENCE_MS),
  );
}

export async function forgetWorker(redis: Redis, keys: Keys, id: string): Promise<void> {
  await executeAll(redis, (all) => all.del(keys.worker(id)).zrem(keys.workers, id));
}

export async function listWorkers(redis: Redis, keys: Keys): Promise<WorkerInfo[]> {
  const ids = await redis.zrangebyscore(keys.workers, Date.now() - SILENCE_MS, '+inf');
  if (ids.length === 0) return [];
  const values = await redis.mget(ids.map((id) => keys.worker(id)));
  return values.flatMap((value) => (value === null ? [] : [StoredWorker.parse(JSON.parse(value))]));
}
