import type { Queue } from 'bullmq';
import { skuJobId, skuOfJob } from '../jobs/job-ids.ts';
import { removeIdle } from '../jobs/remove-idle.ts';
import type { WorkerDeps } from '../jobs/worker-options.ts';
import { putBackLostScript, scanOpenScript } from './reconcile.lua.ts';

/** One process of the fleet looks, at most this often; what is lost is back within twice that. */
const LONGEST_INTERVAL_MS = 15_000;
/** SKUs that one script looks at; each takes Redis some microseconds. */
const CHUNK = 200;
/** Batches that one script looks at. */
const BATCHES = 100;

const LIVING = ['wait', 'active', 'prioritized', 'delayed', 'waiting-children'] as const;

/** How often a worker reconciles (ms). */
export const reconcileMs = (jobLockMs: number) => Math.min(LONGEST_INTERVAL_MS, jobLockMs);

/**
 * Finds SKUs that have not ended although no job will work on them any more, whatever became of it: somebody removed it, Redis
 * evicted it, or it ended and its worker died before it wrote down how. They wait again and get another job. Resolves to how
 * many there were.
 */
export async function reconcile(deps: WorkerDeps, skuQueue: Queue): Promise<number> {
  const { redis, keys } = deps;
  const lease = await redis.set(keys.reconciling, deps.workerId, 'PX', reconcileMs(deps.jobLockMs), 'NX');
  if (lease === null) return 0;
  const jobs = await seenJobs(deps, skuQueue);
  let putBack = 0;
  for await (const batchId of batchesInWork(deps)) {
    const batch = keys.batch(batchId);
    const states = (await redis.get(`${batch}:states`)) ?? '';
    const seen = jobs.get(batchId);
    const suspects = indicesOf(states, /[wa]/g).filter((index) => !seen?.get(index)?.isSafe);
    for (let from = 0; from < suspects.length; from += CHUNK) {
      const some = suspects.slice(from, from + CHUNK);
      const runOf = (index: number) => seen?.get(index)?.run ?? 0;
      const lost = (await putBackLostScript(
        redis,
        [batch, keys.enqueueing, ...LIVING.map((state) => skuQueue.toKey(state))],
        [batchId, skuQueue.toKey(''), ...some.flatMap((index) => [index, runOf(index)])],
      )) as number[];
      putBack += lost.length;
      // Jobs that wait for calls that are gone.
      const remains = lost.filter((index) => runOf(index) > 0);
      await removeIdle(
        skuQueue,
        remains.map((index) => skuJobId(batchId, index, runOf(index))),
      );
    }
  }
  if (putBack > 0) deps.wake();
  return putBack;
}

/**
 * Open batches with SKUs that are to have a job. A batch whose SKUs wait without a job, although nobody enqueues them, is
 * enqueued again.
 */
async function* batchesInWork({ redis, keys }: WorkerDeps): AsyncGenerator<string> {
  for (let from = 0; ; from += BATCHES) {
    const [looked, ...ids] = (await scanOpenScript(
      redis,
      [keys.open, keys.enqueueing],
      [keys.batch(''), from, BATCHES],
    )) as [number, ...string[]];
    yield* ids;
    if (looked < BATCHES) return;
  }
}

/** A SKU's job as it was seen. One that waits for its calls is not safe: when those are gone, nothing wakes it. */
interface SeenJob {
  run: number;
  isSafe: boolean;
}

/** A first look, many commands long, at all jobs that are in work (a few thousand): by batch and index of the SKU. */
async function seenJobs({ redis }: WorkerDeps, skuQueue: Queue): Promise<Map<string, Map<number, SeenJob>>> {
  const waitForCalls = new Set(await skuQueue.getRanges(['waiting-children'], 0, -1));
  const ids = await skuQueue.getRanges([...LIVING], 0, -1);
  const seen = new Map<string, Map<number, SeenJob>>();
  for (let from = 0; from < ids.length; from += CHUNK) {
    const some = ids.slice(from, from + CHUNK);
    // An evicted job may leave its place in the queue behind.
    const exist = await Promise.all(some.map((id) => redis.exists(skuQueue.toKey(id))));
    some.forEach((id, position) => {
      const sku = skuOfJob(id);
      if (sku === null || exist[position] === 0) return;
      const ofBatch = seen.get(sku.batchId) ?? new Map<number, SeenJob>();
      seen.set(sku.batchId, ofBatch.set(sku.index, { run: sku.run, isSafe: !waitForCalls.has(id) }));
    });
  }
  return seen;
}

function indicesOf(states: string, wanted: RegExp): number[] {
  return [...states.matchAll(wanted)].map(({ index }) => index);
}
