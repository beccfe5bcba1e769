import { setTimeout as sleep } from 'node:timers/promises';
import { AiJobData, type Failure } from '@image-studio/contract';
import { DelayedError, type Job, type Queue, RateLimitError, UnrecoverableError, Worker } from 'bullmq';
import { microUsd } from '../batch-store/micro-usd.ts';
import { parseKnown } from '../batch-store/parse-known.ts';
import type { CallJob, CallOutcome, CallResult } from '../jobs.ts';
import { AI_LIMITER, type CallSchedule, type Slot } from '../quota/call-schedule.ts';
import { quotaDay } from '../quota/quota-day.ts';
import type { SpendLimitMessage } from '../quota/spend-limit-message.ts';
import { redisNow } from '../redis/redis-now.ts';
import { crashReason, spreadCrashed } from '../scheduling/crashed-jobs.ts';
import { handBack, handBackUnknown, isRemains } from '../scheduling/hand-back.ts';
import { letCallsGo } from '../scheduling/in-flight.ts';
import { AI_QUEUE } from '../scheduling/queues.ts';
import { removeIfGone } from '../scheduling/remove-if-gone.ts';
import { type WorkerDeps, workerOptions } from '../scheduling/worker-options.ts';
import { isPhotoHeld } from '../skus/shared-photos.ts';
import { wakeWaiters } from './call-waiters.ts';
import { releaseClaimScript } from './claims.lua.ts';
import { lostCall, settleCall } from './settle-call.ts';
import { startCallScript } from './start-call.lua.ts';

const MAX_BACKOFF_MS = 60_000;
const LONGEST_PAUSE_MS = 60_000;
/**
 * A worker that waits for the limiter looks again after this. BullMQ would sleep for 30 s, and sleep through its own
 * close when that comes in the moment before.
 */
const LOOK_AGAIN_MS = 1000;
/** A call that somebody promoted by hand although its batch has its calls in flight looks again after this. */
const FULL_MS = 2000;
/** Earlier starts whose requests this job settles itself; older ones are found by `settle-lost-calls.ts`. */
const MAX_EARLIER = 1000;
/**
 * A tenth of a minute, and as much more as two calls may come closer together on their way to the provider (a busy
 * process sends late). It bounds the rate at 0.986 of the quota, just above the pace of the schedule.
 */
const TENTH_MS = 6085;

export interface AiWorkerDeps extends WorkerDeps {
  aiQueue: Queue;
  skuQueue: Queue;
  schedule: CallSchedule;
  /** This process cannot make calls, e.g. because its key is wrong; others may. */
  isPaused(): boolean;
  /** Keys of calls that have been sent and whose answer is not in the store yet. */
  callsOnTheWire: Set<string>;
  /** A reservation that nobody settles (its worker died) ends after this: longer than any call takes. */
  reservationMs: number;
  /** Tells the operator of a spend limit that allows no call at all, and takes it back. */
  spendLimit: SpendLimitMessage;
  /** The batch's budget would not bear another call. */
  pauseForBudget(batchId: string): Promise<void>;
}

/** Starts the BullMQ worker on the rate-limited `ai` queue; one start of a job is at most one call. */
export function startAiWorker(
  deps: AiWorkerDeps,
  handle: (job: CallJob) => Promise<CallOutcome>,
): Worker<AiJobData> {
  const worker = new Worker<AiJobData>(
    AI_QUEUE,
    async (job, token, signal) => {
      if (isRemains(job)) return;
      const data = parseKnown(AiJobData, job.data);
      if (!data) return handBackUnknown(job, token);
      if (deps.isPaused() || deps.isHeld()) return handBack(job, token);
      const release = deps.track(data, 'ai', job.id ?? '', token);
      try {
        await spreadCrashed(job, token);
        const call = callJobOf(deps, job, token ?? '', data, signal);
        const outcome = await handle(call).finally(() => call.leave());
        // Whoever owns the job now ends it, and holds its claim.
        if (call.isLost()) return;
        if (call.isFull()) return await handBack(job, token, FULL_MS);
        return await conclude(deps, job, token, outcome, signal);
      } finally {
        release();
      }
    },
    {
      ...workerOptions(deps),
      concurrency: deps.aiConcurrency,
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
      // The last attempt ends the job: what it failed with is what its SKU reads.
      if (job.attemptsMade + 1 >= (job.opts.attempts ?? 1)) await leavePlace(deps, job);
      throw new Error(JSON.stringify(outcome.failure satisfies Failure));
    case 'fail':
      await leavePlace(deps, job);
      throw new UnrecoverableError(JSON.stringify(outcome.failure satisfies Failure));
  }
}

/** The job ends: its claim and its place among the calls in flight are free, and SKUs that waited for it go on. */
async function leavePlace(deps: AiWorkerDeps, job: Job<AiJobData>): Promise<void> {
  await releaseClaimScript(deps.redis, [deps.keys.claim(job.data.callKey)], [job.id ?? '']);
  deps.background(() => wakeWaiters(deps, job.data.callKey));
  if (job.opts.delay) await letCallsGo(deps, job.data.batchId, job.id);
}

/** Anything between nothing and the doubled ceiling, so that calls that failed together do not return together. */
function fullJitter(attemptsMade: number, baseMs: number): number {
  return Math.round(Math.random() * Math.min(MAX_BACKOFF_MS, baseMs * 2 ** attemptsMade));
}

interface OwnedCall extends CallJob {
  /** The job went to another worker while this process was frozen. */
  isLost(): boolean;
  /** Its batch has as many calls in flight as it may. */
  isFull(): boolean;
  /** Gives an unused slot back. */
  leave(): Promise<void>;
}

function callJobOf(
  deps: AiWorkerDeps,
  job: Job<AiJobData>,
  lock: string,
  data: AiJobData,
  signal: AbortSignal = new AbortController().signal,
): OwnedCall {
  const { redis, keys } = deps;
  const batch = keys.batch(data.batchId);
  // Unique to this request: a job that is started again after a crash makes another one.
  // The time tells a job apart from an earlier one of the same id whose picture was lost.
  const tokenOf = (start: number) => `${job.id}.${job.timestamp}.${start}`;
  const token = tokenOf(job.attemptsStarted);
  const settle = (of: string, result: CallResult): Promise<number> =>
    settleCall(deps, { batchId: data.batchId, index: data.index, token: of }, result);
  /** What the request that is on the wire is taken to cost (dollars). */
  let open: number | null = null;
  let met = data.met ?? {};
  let slot: Slot | null = null;
  let isLost = false;
  let isFull = false;
  return {
    data,
    attempt: job.attemptsMade + 1,
    isLastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
    signal,
    isPhotoHeld: () => isPhotoHeld(redis, keys.batch(data.batchId), data.index),
    async reserveSlot() {
      const taken = await deps.schedule.reserve({ ...data, jobId: job.id ?? '' });
      deps.wake();
      isFull = taken === 'full';
      slot = taken === 'full' ? null : taken;
      return slot === null ? null : slot.inMs;
    },
    isLost: () => isLost,
    isFull: () => isFull,
    async leave() {
      await slot?.giveBack();
      deps.callsOnTheWire.delete(data.callKey);
      // Whatever went wrong between the request and its booking: it was sent.
      if (open !== null) await settle(token, lostCall(open));
    },
    request: token,
    async start(estimateUsd) {
      for (;;) {
        const now = await redisNow(redis);
        const { day, msLeft } = quotaDay(now);
        const [verdict, ms = 0] = (await startCallScript(
          redis,
          [
            batch,
            keys.pace,
            keys.callWindow,
            keys.aiLock(job.id ?? ''),
            keys.quota,
            keys.spend,
            keys.day(day),
            keys.breaker,
            keys.unsettled,
          ],
          [
            data.index,
            data.run,
            token,
            lock,
            deps.quota.callsPerMinute,
            TENTH_MS,
            microUsd(estimateUsd),
            deps.quota.callsPerDay ?? 0,
            msLeft,
            microUsd(deps.quota.spendPer10MinUsd ?? 0),
            deps.reservationMs,
            data.batchId,
            deps.workerId,
            data.callKey,
          ],
        )) as [string, number?];
        switch (verdict) {
          case 'ok':
            slot = null;
            open = estimateUsd;
            deps.callsOnTheWire.add(data.callKey);
            deps.spendLimit.isEnough();
            return { verdict: 'go' };
          case 'full':
            await sleep(ms, undefined, { signal });
            continue;
          case 'spendTooSmall':
            await deps.spendLimit.isTooSmall(estimateUsd);
            return { verdict: 'wait', ms: LONGEST_PAUSE_MS };
          case 'budget':
            await deps.pauseForBudget(data.batchId);
            return { verdict: 'stale' };
          case 'lost':
            isLost = true;
            return { verdict: 'stale' };
          case 'stale':
            return { verdict: 'stale' };
          default:
            // Looked at again every minute: a limit that is raised meanwhile should not take a day to be noticed.
            await deps.schedule.pause(Math.min(ms, LONGEST_PAUSE_MS));
            return { verdict: 'wait' };
        }
      }
    },
    async settle(result) {
      deps.callsOnTheWire.delete(data.callKey);
      const answer = await settle(token, result);
      open = null;
      return { breakerOpen: answer === 1 };
    },
    async meet(fault) {
      const times = (met[fault] ?? 0) + 1;
      met = { ...met, [fault]: times };
      await job.updateData({ ...data, met });
      return times;
    },
    async settleEarlier(picture) {
      const last = job.attemptsStarted - 1;
      const tokens: string[] = [];
      for (let start = last; start > 0 && start > last - MAX_EARLIER; start -= 1) tokens.push(tokenOf(start));
      if (tokens.length === 0) return false;
      const notes = await redis.hmget(`${batch}:calls`, ...tokens);
      let hasBrought = false;
      for (const [position, earlier] of tokens.entries()) {
        // `s<bucket>:<estimate>` of one that is unsettled, `l…` of one that was booked as lost.
        const estimate = /^[sl]\d+:(\d+)/.exec(notes[position] ?? '')?.[1];
        if (estimate === undefined) continue;
        const broughtIt: boolean =
          picture !== null && !hasBrought && (picture.request ?? earlier) === earlier;
        hasBrought ||= broughtIt;
        const lost = lostCall(Number(estimate) / 1e6);
        await settle(earlier, broughtIt ? { ...lost, outcome: 'ok', costUsd: picture?.costUsd ?? 0 } : lost);
      }
      return hasBrought;
    },
  };
}
