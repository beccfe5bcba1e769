import type { Redis } from 'ioredis';

export interface RedisBytes {
  /** Everything that grows with the SKUs: batches, ledger, indices. */
  store: number;
  /** BullMQ's jobs and events, and the calls of the last minute: as many as are in work, and the last few that ended. */
  queues: number;
}

/** Keys sized in one round trip. */
const CHUNK = 1000;
const IN_QUEUES = /^studio:(sku|ai|webhook|calls)(:|$)/;

/**
 * What the keys take, in bytes, as Redis itself measures each of them, with the names. `INFO memory` would also count
 * the buffers of whoever is connected just then.
 */
export async function redisBytes(redis: Redis): Promise<RedisBytes> {
  const bytes: RedisBytes = { store: 0, queues: 0 };
  for await (const keys of redis.scanStream({ count: CHUNK }) as AsyncIterable<string[]>) {
    const sizes = await Promise.all(keys.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)));
    keys.forEach((key, at) => {
      bytes[IN_QUEUES.test(key) ? 'queues' : 'store'] += sizes[at] ?? 0;
    });
  }
  return bytes;
}
