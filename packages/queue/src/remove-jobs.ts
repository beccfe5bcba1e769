import type { Queue } from 'bullmq';
import { batchIdOfJob, skuJobId } from './job-ids.ts';

/** Jobs removed at once; removing prioritised jobs costs about 45 µs each. */
const CHUNK = 500;

/**
 * Takes a batch's jobs of these runs out of both queues: the SKUs with their calls, then calls whose SKU is locked or
 * has another call on the wire. What is locked itself refuses, and drops itself when it starts or ends, before it
 * takes a slot: its run is below the batch's `minRun`.
 */
export async function removeJobs(
  queues: { skuQueue: Queue; aiQueue: Queue },
  batchId: string,
  jobs: { minRun: number; run: number; indices: number[] },
): Promise<void> {
  for (let run = jobs.run; run >= jobs.minRun; run -= 1) {
    const ids = jobs.indices.map((index) => skuJobId(batchId, index, run));
    await removeAll(queues.skuQueue, ids);
  }
  const calls = await queues.aiQueue.getRanges(['prioritized', 'wait', 'delayed'], 0, -1);
  const left = calls.filter((id) => batchIdOfJob(id) === batchId);
  await removeAll(queues.aiQueue, left);
}

/** Takes the jobs of a batch that have ended out of both queues, where they stay for a while to be looked at. */
export async function removeKeptJobs(
  queues: { skuQueue: Queue; aiQueue: Queue },
  batchId: string,
): Promise<void> {
  for (const queue of [queues.skuQueue, queues.aiQueue]) {
    const kept = await queue.getRanges(['completed', 'failed', 'delayed'], 0, -1);
    await removeAll(
      queue,
      kept.filter((id) => batchIdOfJob(id) === batchId),
    );
  }
}

async function removeAll(queue: Queue, ids: string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += CHUNK) {
    await Promise.all(ids.slice(from, from + CHUNK).map((id) => removeUnlessLocked(queue, id)));
  }
}

async function removeUnlessLocked(queue: Queue, jobId: string): Promise<void> {
  // `removeChildren` takes what is left of a SKU's calls along. A locked job or child makes it reject: see above.
  await queue.remove(jobId, { removeChildren: true }).catch((error: unknown) => {
    if (error instanceof Error && /locked|could not be removed/i.test(error.message)) return;
    throw error;
  });
}
