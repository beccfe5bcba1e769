import type { Queue } from 'bullmq';
import { handOver } from '../calls/hand-over.ts';
import type { CallPools } from '../jobs/call-pools.ts';
import { batchIdOfJob, runOfJob } from '../jobs/job-ids.ts';
import { removeIdle } from '../jobs/remove-idle.ts';
import type { Redis } from '../redis/connect.ts';
import type { Database } from '../redis/database.ts';
import type { Keys } from '../redis/keys.ts';

/** Jobs read at once. */
const CHUNK = 500;

/** States of jobs that have not ended and that nobody works on. */
const IDLE = ['prioritized', 'wait', 'delayed', 'waiting-children'] as const;

export interface RemoveDeps extends Database {
  redis: Redis;
  keys: Keys;
  skuQueue: Queue;
  pools: CallPools;
}

/**
 * Takes a batch's jobs of all runs below `minRun` out of all queues: the SKUs with their calls, then calls whose SKU is locked
 * or has another call on the wire. A locked job stays, and drops itself when it starts or ends, before it takes a slot: its run
 * is below the batch's `minRun`. The queues hold the jobs that are in work, a few thousand at most. When SKUs of other batches
 * wait for one of the calls, one of those SKUs makes it now.
 */
export async function removeJobs(deps: RemoveDeps, batchId: string, minRun: number): Promise<void> {
  const isRuledOut = (id: string) => batchIdOfJob(id) === batchId && (runOfJob(id) ?? minRun) < minRun;
  const idleIn = async (queue: Queue) => (await queue.getRanges([...IDLE], 0, -1)).filter(isRuledOut);
  const pools = deps.pools.all();
  const calls = await Promise.all(
    pools.map(async ({ aiQueue }) => readCallKeys(aiQueue, await idleIn(aiQueue))),
  );
  await removeIdle(deps.skuQueue, await idleIn(deps.skuQueue));
  for (const [at, { aiQueue }] of pools.entries()) {
    await removeIdle(aiQueue, await idleIn(aiQueue));
    await handOver(deps, aiQueue, calls[at] ?? new Map());
  }
}

/** Call keys by the id of their job; jobs that are gone are left out. */
async function readCallKeys(aiQueue: Queue, ids: string[]): Promise<Map<string, string>> {
  const callKeys = new Map<string, string>();
  for (let from = 0; from < ids.length; from += CHUNK) {
    const jobs = await Promise.all(ids.slice(from, from + CHUNK).map((id) => aiQueue.getJob(id)));
    for (const job of jobs) {
      const callKey: unknown = (job?.data as { callKey?: unknown } | undefined)?.callKey;
      if (job?.id !== undefined && typeof callKey === 'string') callKeys.set(job.id, callKey);
    }
  }
  return callKeys;
}

/**
 * Takes the jobs of batches that are gone out of all queues, where they stay for a while to be looked at. Webhooks that have
 * yet to be delivered go on.
 */
export async function removeKeptJobs(
  {
    skuQueue,
    pools,
    webhookQueue,
  }: Pick<RemoveDeps, 'skuQueue' | 'pools'> & { webhookQueue?: Queue | undefined },
  batchIds: ReadonlySet<string>,
): Promise<void> {
  const isTheirs = (id: string) => batchIds.has(batchIdOfJob(id) ?? '');
  const ended = ['completed', 'failed'] as const;
  for (const queue of [skuQueue, ...pools.all().map(({ aiQueue }) => aiQueue)]) {
    await removeIdle(queue, (await queue.getRanges([...IDLE, ...ended], 0, -1)).filter(isTheirs));
  }
  if (!webhookQueue) return;
  await removeIdle(webhookQueue, (await webhookQueue.getRanges([...ended], 0, -1)).filter(isTheirs));
}
