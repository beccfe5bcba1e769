import type { Queue } from 'bullmq';
import { microUsd } from '../batch-store/micro-usd.ts';
import { readPools } from '../batch-store/read-pools.ts';
import { selectSkus } from '../batch-store/read-skus.ts';
import { dropChore } from '../chores/chores.ts';
import { publishAbort } from '../fleet/abort-channel.ts';
import type { CallPools } from '../jobs/call-pools.ts';
import { executeAll } from '../redis/connect.ts';
import { BATCH_SUFFIXES, FLIGHT_SUFFIXES } from '../redis/keys.ts';
import type { EnqueueDeps } from '../scheduling/enqueue-skus.ts';
import { listMessages } from '../webhooks/message-store.ts';
import { BatchBusy } from './batch-busy.ts';
import {
  cancelBatchScript,
  pauseBatchScript,
  resumeBatchScript,
  retrySkusScript,
  setBudgetScript,
} from './control-batch.lua.ts';
import { removeJobs, removeKeptJobs } from './remove-jobs.ts';

export interface ControlDeps extends EnqueueDeps {
  pools: CallPools;
  /** Where there is none, the records of its jobs stay until they are a week old. */
  webhookQueue?: Queue | undefined;
  /** Runs work that the caller need not wait for; the owner of the process waits for it at the end. */
  background(work: () => Promise<void>): void;
  /** The queues are to be filled and ordered. */
  wake(): void;
}

/** From the moment this resolves no call of the batch starts, and running ones are aborted wherever they run. */
export async function cancelBatch(deps: ControlDeps, batchId: string): Promise<void> {
  const keys = [deps.keys.batch(batchId), deps.keys.enqueueing, deps.keys.totals, deps.keys.open];
  await dequeue(deps, batchId, Number(await cancelBatchScript(deps.redis, keys, [batchId])), true);
}

/** Started SKUs return to waiting; calls on the wire finish and are kept, nothing else starts. */
export async function pauseBatch(
  deps: ControlDeps,
  batchId: string,
  why: 'operator' | 'budget' = 'operator',
): Promise<void> {
  const keys = [deps.keys.batch(batchId), deps.keys.enqueueing];
  await dequeue(deps, batchId, Number(await pauseBatchScript(deps.redis, keys, [batchId, why])), false);
}

/**
 * Tells every process to leave the batch, and takes its jobs of the runs below `minRun` away (0: nothing has changed): no job
 * may take a slot only to find that it is not wanted.
 */
async function dequeue(deps: ControlDeps, batchId: string, minRun: number, calls: boolean): Promise<void> {
  if (minRun === 0) return;
  await publishAbort(deps, { batchId, run: minRun - 1, calls });
  deps.background(() => removeJobs(deps, batchId, minRun));
}

/** Enqueues what has not ended, in a new run. */
export async function resumeBatch(deps: ControlDeps, batchId: string): Promise<void> {
  const keys = [deps.keys.batch(batchId), deps.keys.enqueueing];
  await resumeBatchScript(deps.redis, keys, [batchId]);
  deps.wake();
}

/** Changes what the batch may cost; a batch that was paused for its budget goes on when the new one allows it. */
export async function setBudget(deps: ControlDeps, batchId: string, budgetUsd: number | null): Promise<void> {
  const mayGoOn = await setBudgetScript(deps.redis, [deps.keys.batch(batchId)], [microUsd(budgetUsd ?? 0)]);
  if (Number(mayGoOn) === 1) await resumeBatch(deps, batchId);
}

/** Enqueues failed SKUs anew; returns how many. */
export async function retryBatch(
  deps: ControlDeps,
  batchId: string,
  filter: { reason?: string; skus?: string[] },
): Promise<{ retried: number }> {
  const indices = await selectSkus(deps, batchId, { ...filter, state: 'failed' });
  if (indices.length === 0) return { retried: 0 };
  const moved = Number(
    await retrySkusScript(
      deps.redis,
      [deps.keys.batch(batchId), deps.keys.enqueueing, deps.keys.open],
      [batchId, ...indices],
    ),
  );
  deps.wake();
  return { retried: Math.max(0, moved) };
}

/** Longer than a message is tried (24 h). */
const UNDELIVERED_SECONDS = 48 * 3600;

/** Forgets a batch that has ended, and its jobs. */
export async function deleteBatch(deps: ControlDeps, batchId: string): Promise<void> {
  if (!(await forgetBatch(deps, batchId)))
    throw new BatchBusy('the batch has not ended, or calls of it are at the provider; cancel it first');
  // Only now: a process that adds a job from here on finds no batch, and takes the job away again.
  deps.background(() => removeKeptJobs(deps, new Set([batchId])));
}

/**
 * Forgets all of a batch but its jobs. Undelivered messages to its webhook are still sent. Returns whether the batch is gone:
 * one that has not ended stays.
 */
export async function forgetBatch(
  { redis, keys }: Pick<ControlDeps, 'redis' | 'keys'>,
  batchId: string,
): Promise<boolean> {
  const batch = keys.batch(batchId);
  const [tenant, finishedAt, pools, atProvider] = await redis.hmget(
    batch,
    ...['tenant', 'finishedAt', 'pools', 'economyAtProvider'],
  );
  if (tenant == null) return true;
  // Calls at the provider may still be billed, to this batch.
  if (!finishedAt || Number(atProvider ?? 0) > 0) return false;
  const messages = await listMessages({ redis, keys }, batchId);
  const isTelling = messages.some(({ status }) => status === 'pending');
  await dropChore({ redis, keys }, 'remark', batchId);
  await executeAll(redis, (all) =>
    all
      .expire(keys.webhooks(batchId), isTelling ? UNDELIVERED_SECONDS : 0)
      .zrem(keys.batches(), batchId)
      .zrem(keys.batches(tenant), batchId)
      .zrem(keys.enqueueing, batchId)
      .zrem(keys.open, batchId)
      .srem(keys.capped, batchId)
      .zrem(keys.manifests, batchId)
      .unlink(batch, ...BATCH_SUFFIXES.map((suffix) => `${batch}:${suffix}`))
      .unlink(
        ...readPools(pools).flatMap((pool) =>
          FLIGHT_SUFFIXES.map((suffix) => `${batch}:${suffix}${keys.pool(pool).poolSuffix}`),
        ),
      ),
  );
  return true;
}
