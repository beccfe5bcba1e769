import { DEFAULT_POOL } from '@image-studio/contract';
import type { Worker } from 'bullmq';
import type { AbortNotice } from '../fleet/abort-channel.ts';
import type { ActiveJob } from '../jobs/active-jobs.ts';
import type { Database } from '../redis/database.ts';
import { isAwaitedScript } from './claims.lua.ts';

const ABORTED = 'the batch was cancelled or paused';

export interface AbortDeps {
  db: Database;
  /** Of SKUs; `undefined` until it has started. */
  skuWorker(): Worker | undefined;
  /** Of a pool's calls. */
  aiWorker(pool: string): Worker | undefined;
  background(work: () => Promise<void>): void;
}

/** Aborts those of this process's jobs that a notice is about. */
export function abortJobs(deps: AbortDeps, notice: AbortNotice, jobs: readonly ActiveJob[]): void {
  for (const { batchId, run, kind, jobId, callKey = '', pool = DEFAULT_POOL } of jobs) {
    if (batchId !== notice.batchId || run > notice.run) continue;
    if (kind === 'sku') deps.skuWorker()?.cancelJob(jobId, ABORTED);
    else if (notice.calls)
      deps.background(() => abortCall(deps.db, deps.aiWorker(pool), { batchId, jobId, callKey }));
  }
}

/** A call that SKUs of other batches wait for goes on: it is theirs now. */
async function abortCall(
  { redis, keys }: Database,
  worker: Worker | undefined,
  { batchId, jobId, callKey }: { batchId: string; jobId: string; callKey: string },
): Promise<void> {
  const awaited = await isAwaitedScript(redis, [keys.waiters(callKey)], [keys.batch(''), batchId]);
  if (Number(awaited) === 0) worker?.cancelJob(jobId, ABORTED);
}
