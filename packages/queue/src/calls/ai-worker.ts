import { AiJobData, type CallFailure } from '@image-studio/contract';
import { DelayedError, type Job, type Queue, RateLimitError, UnrecoverableError, Worker } from 'bullmq';
import { parseKnown } from '../batch-store/parse-known.ts';
import { isPhotoHeld } from '../batch-store/shared-photos.ts';
import type { CallPool } from '../jobs/call-pools.ts';
import { crashReason, spreadCrashed } from '../jobs/crashed-jobs.ts';
import { handBack, handBackUnknown, isRemains } from '../jobs/hand-back.ts';
import { removeIfGone } from '../jobs/remove-if-gone.ts';
import { workerOptions } from '../jobs/worker-options.ts';
import { AI_LIMITER } from '../quota/call-schedule.ts';
import { releaseCalls } from '../scheduling/in-flight.ts';
import { renewClaim } from './add-calls.ts';
import type { CallJob, CallOutcome } from './call-job.ts';
import { type CallQuotaDeps, type OpenCallQuota, openCallQuota } from './call-quota.ts';
import { wakeWaiters } from './call-waiters.ts';
import { releaseClaimScript } from './claims.lua.ts';

const MAX_BACKOFF_MS = 60_000;
/**
 * A worker that waits for the limiter looks again after this. BullMQ would sleep for 30 s, even when the worker is closed in
 * the moment before it falls asleep.
 */
const LOOK_AGAIN_MS = 1000;
/** A call that somebody promoted by hand, while its batch has all its calls in flight, looks again after this. */
const FULL_MS = 2000;

/** `keys` and `quota` are the pool's. */
export interface AiWorkerDeps extends CallQuotaDeps, CallPool {
  skuQueue: Queue;
  /** This process cannot make calls, e.g. because its key is wrong; others may. */
  isStopped(): boolean;
}

/** Starts the BullMQ worker on the rate-limited queue of a pool; one start of a job is at most one call. */
export function startAiWorker(
  deps: AiWorkerDeps,
  handle: (job: CallJob) => Promise<CallOutcome>,
): Worker<AiJobData> {
  const worker = new Worker<AiJobData>(
    deps.keys.aiQueue,
    async (job, token, signal) => {
      if (isRemains(job)) return;
      const data = parseKnown(AiJobData, job.data);
      if (!data) return handBackUnknown(job, token);
      if (deps.isStopped() || deps.isHeld()) return handBack(job, token);
      const release = deps.track(data, 'ai', job.id ?? '', token);
      try {
        await spreadCrashed(job, token);
        const call = callJobOf(deps, job, token ?? '', data, signal);
        const outcome = await handle(call).finally(() => call.quota.leave());
        // The worker that owns the job now ends it, and holds its claim.
        if (call.quota.isLost()) return;
        if (call.quota.isFull()) return await handBack(job, token, FULL_MS);
        return await conclude(deps, job, token, outcome, signal);
      } finally {
        release();
      }
    },
    {
      ...workerOptions(deps),
      concurrency: Math.min(deps.aiConcurrency, deps.concurrency ?? deps.aiConcurrency),
      limiter: AI_LIMITER,
      maximumRateLimitDelay: LOOK_AGAIN_MS,
      settings: { backoffStrategy: (attemptsMade) => fullJitter(attemptsMade, deps.retryBaseMs) },
    },
  );
  // A job that BullMQ itself gave up never reaches its handler's end.
  worker.on('failed', (job) => {
    if (job && crashReason(job.failedReason) !== null) deps.background(() => leavePlace(deps, job));
  });
  removeIfGone(deps, worker);
  return worker;
}

/** Tells BullMQ how this start ended. Whenever the job will not make the picture, its claim is given back. */
async function conclude(
  deps: AiWorkerDeps,
  job: Job<AiJobData>,
  token: string | undefined,
  outcome: CallOutcome,
  signal: AbortSignal | undefined,
): Promise<void> {
  switch (outcome.next) {
    case 'done':
      return leavePlace(deps, job);
    case 'drop':
      if (signal?.aborted && deps.isClosing()) return handBack(job, token);
      return leavePlace(deps, job);
    case 'requeue':
      if (outcome.ms === undefined) throw new RateLimitError();
      await job.moveToDelayed(Date.now() + outcome.ms, token);
      throw new DelayedError();
    case 'retry':
      // The last attempt ends the job, and its SKU reads the failure of that attempt.
      if (job.attemptsMade + 1 >= (job.opts.attempts ?? 1)) await leavePlace(deps, job);
      throw new Error(JSON.stringify(outcome.failure satisfies CallFailure));
    case 'fail':
      await leavePlace(deps, job);
      throw new UnrecoverableError(JSON.stringify(outcome.failure satisfies CallFailure));
  }
}

/** The job ends: its claim and its place among the calls in flight are free, and SKUs that waited for it go on. */
async function leavePlace(deps: AiWorkerDeps, job: Job<AiJobData>): Promise<void> {
  await releaseClaimScript(deps.redis, [deps.keys.claim(job.data.callKey)], [job.id ?? '']);
  deps.background(() => wakeWaiters(deps, job.data.callKey));
  if (job.opts.delay) await releaseCalls(deps, job.data.batchId, job.id);
}

/** Anything between nothing and the doubled ceiling, so that calls that failed together do not return together. */
function fullJitter(attemptsMade: number, baseMs: number): number {
  return Math.round(Math.random() * Math.min(MAX_BACKOFF_MS, baseMs * 2 ** attemptsMade));
}

function callJobOf(
  deps: AiWorkerDeps,
  job: Job<AiJobData>,
  lock: string,
  data: AiJobData,
  signal: AbortSignal = new AbortController().signal,
): CallJob & { quota: OpenCallQuota } {
  const quota = openCallQuota(deps, job, lock, data, signal);
  let met = data.met ?? {};
  return {
    data,
    attempt: job.attemptsMade + 1,
    isLastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
    signal,
    request: quota.request,
    quota,
    claim: () => renewClaim(deps, data.callKey, job.id ?? ''),
    isPhotoHeld: () => isPhotoHeld(deps, data.batchId, data.index),
    async meet(fault) {
      const times = (met[fault] ?? 0) + 1;
      met = { ...met, [fault]: times };
      await job.updateData({ ...data, met });
      return times;
    },
  };
}
