import { PAYLOAD_VERSION, type SkuJobData } from '@image-studio/contract';
import type { Queue } from 'bullmq';
import { skuJobId } from '../jobs/job-ids.ts';
import type { Database } from '../redis/database.ts';
import { skuTrace, writeSkuTrace } from '../tracing/sku-trace.ts';
import { markEnqueuedScript, nextToEnqueueScript } from './enqueue-skus.lua.ts';
import { UNRANKED } from './rank-jobs.ts';

export interface EnqueueDeps extends Database {
  skuQueue: Queue;
}

/**
 * Adds jobs for up to `count` SKUs of the batch that wait without one; returns how many. Keep `count` small: 100 take the
 * event loop 9 ms at most. Safe to run anywhere, any number of times and by two processes at once: job ids are derived,
 * and a SKU is marked only after its job exists, so the next process finds either the mark or the same id.
 */
export async function enqueueSkus(deps: EnqueueDeps, batchId: string, count: number): Promise<number> {
  const { redis, keys, skuQueue } = deps;
  const batch = keys.batch(batchId);
  const [run = 0, ...indices] = (await nextToEnqueueScript(redis, [batch], [count])) as number[];
  if (indices.length === 0) return 0;
  const [total, trace] = await redis.hmget(batch, 'total', 'trace');
  const origin = { id: batchId, total: Number(total), carrier: trace ?? undefined };
  await skuQueue.addBulk(
    indices.map((index) => ({
      name: 'sku',
      data: { v: PAYLOAD_VERSION, batchId, index, run } satisfies SkuJobData,
      opts: {
        jobId: skuJobId(batchId, index, run),
        priority: UNRANKED,
        telemetry: { metadata: writeSkuTrace(skuTrace(origin, index, run)) },
      },
    })),
  );
  await markEnqueuedScript(redis, [batch], [run, ...indices]);
  return indices.length;
}
