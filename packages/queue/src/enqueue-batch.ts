import { PAYLOAD_VERSION, type SkuJobData } from '@image-studio/contract';
import type { Queue } from 'bullmq';
import type { Redis } from './connect.ts';
import { skuJobId } from './job-ids.ts';
import type { Keys } from './keys.ts';
import { markEnqueuedScript, nextToEnqueueScript } from './lua/enqueue.ts';
import { priorityOfTag } from './priority.ts';

/** Jobs added at once: 100 keep the event loop free (9 ms measured at most); 500 are no faster overall. */
const CHUNK = 100;
/** After this long without a sign of progress another process may take the enqueueing over. */
export const ENQUEUE_LEASE_MS = 10_000;

export interface EnqueueDeps {
  redis: Redis;
  keys: Keys;
  skuQueue: Queue;
}

/**
 * Adds a job for every SKU of the batch that waits without one. Safe to run anywhere, any number of times and by two
 * processes at once: job ids are derived, and a SKU is marked only after its job exists, so whoever comes next finds
 * either the mark or the same id.
 */
export async function enqueueBatch(deps: EnqueueDeps, batchId: string): Promise<void> {
  const { redis, keys, skuQueue } = deps;
  const batch = keys.batch(batchId);
  let from = 0;
  for (;;) {
    await redis.zadd(keys.enqueueing, 'XX', Date.now() + ENQUEUE_LEASE_MS, batchId);
    const answer = (await nextToEnqueueScript(redis, [batch, keys.clock], [from, CHUNK])) as number[];
    const [run = 0, tag = 0, next = -1, ...indices] = answer;
    if (next < 0) break;
    await skuQueue.addBulk(
      indices.map((index, position) => ({
        name: 'sku',
        data: { v: PAYLOAD_VERSION, batchId, index, run } satisfies SkuJobData,
        opts: { jobId: skuJobId(batchId, index, run), priority: priorityOfTag(tag + position) },
      })),
    );
    await markEnqueuedScript(redis, [batch], [run, ...indices]);
    from = next;
  }
  await redis.zrem(keys.enqueueing, batchId);
}

/** Resumes batches whose enqueueing stopped half-way, e.g. because its process died. */
export async function resumeEnqueueing(deps: EnqueueDeps): Promise<void> {
  const stranded = await deps.redis.zrangebyscore(deps.keys.enqueueing, '-inf', Date.now());
  for (const batchId of stranded) await enqueueBatch(deps, batchId);
}
