import type { Job, Worker } from 'bullmq';
import type { WorkerDeps } from './worker-options.ts';

/**
 * Removes a job that ends after its batch was deleted. It was locked when the batch's other jobs went, and would stay
 * among the ended ones for as long as those are kept.
 */
export function removeIfGone<Data extends { batchId: string }>(deps: WorkerDeps, worker: Worker<Data>): void {
  const remove = (job: Job<Data>) =>
    deps.background(async () => {
      if ((await deps.redis.exists(deps.keys.batch(job.data.batchId))) === 0) await job.remove();
    });
  worker.on('completed', remove);
  // Without `finishedOn` the job will be tried again.
  worker.on('failed', (job) => {
    if (job?.finishedOn !== undefined) remove(job);
  });
}
