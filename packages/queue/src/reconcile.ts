import type { Queue } from 'bullmq';
import { skuJobId } from './job-ids.ts';
import type { Keys } from './keys.ts';
import { abandonSku } from './sku-worker.ts';
import type { WorkerDeps } from './worker-options.ts';

/** One process of the fleet looks, at most this often. */
const INTERVAL_MS = 15_000;
/** Active SKUs looked at in one batch; in flight there are hundreds, not thousands. */
const MAX_ACTIVE = 2000;

const lockKey = (keys: Keys) => `${keys.prefix}:reconciling`;

/**
 * Finds SKUs that are active in the batch store although no job works on them any more: a process died between the
 * last write of the job and that of the SKU. Such a SKU ends as failed, with the reason, instead of never.
 */
export async function reconcile(deps: WorkerDeps, skuQueue: Queue): Promise<void> {
  const { redis, keys } = deps;
  if ((await redis.set(lockKey(keys), deps.workerId, 'PX', INTERVAL_MS, 'NX')) === null) return;
  for (const batchId of await redis.zrange(keys.open, '0', '-1')) {
    const batch = keys.batch(batchId);
    const [states, paused] = await Promise.all([redis.get(`${batch}:states`), redis.hget(batch, 'paused')]);
    if (states === null) continue;
    // Waiting without a job although nobody is enqueueing: take the enqueueing up again.
    if (paused === '0' && states.includes('q') && (await redis.zscore(keys.enqueueing, batchId)) === null) {
      await redis.zadd(keys.enqueueing, Date.now(), batchId);
    }
    for (const index of indicesOf(states, 'a').slice(0, MAX_ACTIVE)) {
      const run = await redis.hget(`${batch}:runs`, String(index));
      if (run === null) continue;
      const state = await skuQueue.getJobState(skuJobId(batchId, index, Number(run)));
      if (state !== 'completed' && state !== 'failed' && state !== 'unknown') continue;
      await abandonSku(
        deps,
        { v: 1, batchId, index, run: Number(run) },
        `its job ended (${state}) without a result`,
      );
    }
  }
}

function indicesOf(states: string, character: string): number[] {
  const indices: number[] = [];
  for (let at = states.indexOf(character); at >= 0; at = states.indexOf(character, at + 1)) indices.push(at);
  return indices;
}
