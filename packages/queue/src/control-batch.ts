import type { Queue } from 'bullmq';
import { publishAbort } from './abort-channel.ts';
import { ENQUEUE_LEASE_MS, type EnqueueDeps, enqueueBatch } from './enqueue-batch.ts';
import { skuJobId } from './job-ids.ts';
import {
  cancelBatchScript,
  pauseBatchScript,
  resumeBatchScript,
  retrySkusScript,
  setBudgetScript,
} from './lua/control.ts';
import { listSkus } from './read-skus.ts';
import { BatchBusy } from './studio-api.ts';

/** Jobs removed at once; removing prioritised jobs costs about 45 µs each. */
const REMOVE_CHUNK = 500;

export interface ControlDeps extends EnqueueDeps {
  /** Runs work that the caller need not wait for; the owner of the process waits for it at the end. */
  background(work: () => Promise<void>): void;
}

/** From the moment this resolves no call of the batch starts, and running ones are aborted wherever they run. */
export async function cancelBatch(deps: ControlDeps, batchId: string): Promise<void> {
  const run = await currentRun(deps, batchId);
  const moved = await cancelBatchScript(
    deps.redis,
    [deps.keys.batch(batchId), deps.keys.enqueueing, deps.keys.totals, deps.keys.open],
    [batchId],
  );
  if (Number(moved) <= 0) return;
  await publishAbort(deps.redis, deps.keys, { batchId, run, calls: true });
  deps.background(() => removeJobs(deps, batchId, run));
}

/** Started SKUs return to waiting; calls on the wire finish and are kept, nothing else starts. */
export async function pauseBatch(
  deps: ControlDeps,
  batchId: string,
  why: 'operator' | 'budget' = 'operator',
): Promise<void> {
  const run = await currentRun(deps, batchId);
  const keys = [deps.keys.batch(batchId), deps.keys.enqueueing];
  const paused = await pauseBatchScript(deps.redis, keys, [batchId, why]);
  if (Number(paused) !== 1) return;
  await publishAbort(deps.redis, deps.keys, { batchId, run, calls: false });
  deps.background(() => removeJobs(deps, batchId, run));
}

/** Enqueues what has not ended, in a new run. */
export async function resumeBatch(deps: ControlDeps, batchId: string): Promise<void> {
  const keys = [deps.keys.batch(batchId), deps.keys.enqueueing];
  const resumed = await resumeBatchScript(deps.redis, keys, [batchId, Date.now() + ENQUEUE_LEASE_MS]);
  if (Number(resumed) === 1) deps.background(() => enqueueBatch(deps, batchId));
}

/** Changes what the batch may cost; a batch that was paused for its budget goes on when the new one allows it. */
export async function setBudget(deps: ControlDeps, batchId: string, budgetUsd: number | null): Promise<void> {
  const microUsd = Math.round((budgetUsd ?? 0) * 1e6);
  const mayGoOn = await setBudgetScript(deps.redis, [deps.keys.batch(batchId)], [microUsd]);
  if (Number(mayGoOn) === 1) await resumeBatch(deps, batchId);
}

/** Enqueues failed SKUs anew; returns how many. */
export async function retryBatch(
  deps: ControlDeps,
  batchId: string,
  filter: { reason?: string; skus?: string[] },
): Promise<{ retried: number }> {
  const wanted = filter.skus ? new Set(filter.skus) : undefined;
  const indices: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await listSkus(deps.redis, deps.keys, batchId, {
      state: 'failed',
      limit: 1000,
      ...(filter.reason === undefined ? {} : { reason: filter.reason }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { index, input } of page.items) if (!wanted || wanted.has(input.sku)) indices.push(index);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  if (indices.length === 0) return { retried: 0 };
  const moved = Number(
    await retrySkusScript(
      deps.redis,
      [deps.keys.batch(batchId), deps.keys.enqueueing, deps.keys.open],
      [batchId, Date.now() + ENQUEUE_LEASE_MS, ...indices],
    ),
  );
  if (moved > 0) deps.background(() => enqueueBatch(deps, batchId));
  return { retried: Math.max(0, moved) };
}

/** Forgets a batch that has ended. */
export async function deleteBatch(deps: ControlDeps, batchId: string): Promise<void> {
  const { redis, keys } = deps;
  const batch = keys.batch(batchId);
  const [tenant, finishedAt] = await redis.hmget(batch, 'tenant', 'finishedAt');
  if (tenant == null) return;
  if (!finishedAt) throw new BatchBusy('the batch has not ended; cancel it first');
  await redis
    .multi()
    .zrem(keys.batches(), batchId)
    .zrem(keys.batches(tenant), batchId)
    .zrem(keys.enqueueing, batchId)
    .zrem(keys.open, batchId)
    .zrem(keys.manifests, batchId)
    .unlink(batch, ...BATCH_SUFFIXES.map((suffix) => `${batch}:${suffix}`))
    .exec();
}

const BATCH_SUFFIXES = [
  'input',
  'columns',
  'names',
  'states',
  'records',
  'runs',
  'done',
  'changes',
  'calls',
  'reserved',
  'stages',
  'codes',
  'faults',
  'checks',
  'ms',
  'history',
  'webhooks',
  'starts',
];

async function currentRun(deps: ControlDeps, batchId: string): Promise<number> {
  return Number((await deps.redis.hget(deps.keys.batch(batchId), 'run')) ?? 0);
}

/**
 * Takes the batch's jobs of all runs up to `lastRun` out of the queue. What is locked just then refuses and drops
 * itself when it starts or ends: its run is below the batch's `minRun`.
 */
async function removeJobs(deps: ControlDeps, batchId: string, lastRun: number): Promise<void> {
  const total = Number((await deps.redis.hget(deps.keys.batch(batchId), 'total')) ?? 0);
  for (let run = lastRun; run >= 1; run -= 1) {
    for (let from = 0; from < total; from += REMOVE_CHUNK) {
      const count = Math.min(REMOVE_CHUNK, total - from);
      await Promise.all(
        Array.from({ length: count }, (_, position) =>
          removeUnlessLocked(deps.skuQueue, skuJobId(batchId, from + position, run)),
        ),
      );
    }
  }
}

async function removeUnlessLocked(queue: Queue, jobId: string): Promise<void> {
  // `removeChildren` takes the SKU's waiting AI calls along. A locked job or child makes it reject: see above.
  await queue.remove(jobId, { removeChildren: true }).catch((error: unknown) => {
    if (error instanceof Error && /locked|could not be removed/i.test(error.message)) return;
    throw error;
  });
}
