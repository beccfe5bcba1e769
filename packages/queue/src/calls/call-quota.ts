import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { AiJobData } from '@image-studio/contract';
import type { Job } from 'bullmq';
import { microUsd } from '../batch-store/micro-usd.ts';
import type { WorkerDeps } from '../jobs/worker-options.ts';
import type { CallSchedule, Slot, UsedUpLimit } from '../quota/call-schedule.ts';
import type { QuotaConfig } from '../quota/quota.ts';
import { quotaDay } from '../quota/quota-day.ts';
import type { SpendLimitMessage } from '../quota/spend-limit-message.ts';
import { redisNow } from '../redis/redis-now.ts';
import type { CallResult } from './call-result.ts';
import { lostCall, settleCall } from './settle-call.ts';
import { leaveLateScript, startCallScript } from './start-call.lua.ts';

const LONGEST_PAUSE_MS = 60_000;
/** A call that is at the provider in a parcel looks again after this; when the parcel has ended, it is told. */
const PARCELLED_MS = 20_000;
/** Earlier starts whose requests this job settles itself; older ones are found by `settle-lost-calls.ts`. */
const MAX_EARLIER = 1000;
/**
 * A tenth of a minute, and as much more as two calls may come closer together on their way to the provider (a busy
 * process sends late). It bounds the rate at 0.986 of the quota, just above the pace of the schedule.
 */
const TENTH_MS = 6085;
/** A request that leaves so long after it was counted, because its process is busy, is counted where it leaves. */
const LATE_MS = 25;
/**
 * An answer that took longer than this is asked for again: this process stood still (a frozen machine), and another worker may
 * have the job by now. Shorter than any job's lock.
 */
const STOOD_STILL_MS = 1000;

/** Verdicts of `start-call.lua.ts` that say which limit is used up. */
const LIMITS: Record<string, UsedUpLimit> = { day: 'dayLimit', spend: 'spendLimit' };

/** One call's part of the fleet's quota: a slot in its schedule, a reservation of money, and in the end what it cost. */
export interface CallQuota {
  /**
   * Takes the next slot of the shared schedule; returns milliseconds until it, and for how long the pool is paused, or `null` when
   * nobody wants the call any more: return `drop`. A slot that is not used after all goes back by itself.
   */
  nextSlot(): Promise<Pick<Slot, 'inMs' | 'pausedMs'> | null>;
  /**
   * The last look before money is spent; call it at the slot, the request ready. `go`: send it, it is counted.
   * `stale`: nobody wants it (any more). `wait`: not now; requeue, for `ms`, or when the fleet's pause ends, which has been
   * told.
   */
  reserve(
    estimateUsd: number,
  ): Promise<{ verdict: 'go' } | { verdict: 'stale' } | { verdict: 'wait'; ms?: number }>;
  /** Settles the request that `reserve` counted; returns whether the model is taken for down now. */
  settle(result: CallResult): Promise<{ breakerOpen: boolean }>;
  /**
   * Settles what earlier starts of this job, in processes that died, left unsettled: the request that brought the picture
   * (the latest one, when it is not named) at its cost, the others as lost. Returns whether one of them brought it.
   */
  settleEarlier(picture: { costUsd: number; request?: string | undefined } | null): Promise<boolean>;
}

/** The port of a call with what only the worker on the queue asks. */
export interface OpenCallQuota extends CallQuota {
  /** Names the request of this start. */
  request: string;
  /** The job went to another worker while this process was frozen. */
  isLost(): boolean;
  /** The call's batch has as many calls in flight as it may. */
  isFull(): boolean;
  /** Gives an unused slot back, and books a request as lost that nobody has settled. */
  leave(): Promise<void>;
}

export interface CallQuotaDeps extends WorkerDeps {
  quota: Omit<QuotaConfig, 'model'>;
  schedule: CallSchedule;
  /** Keys of calls that have been sent and whose answer is not in the store yet. */
  callsOnTheWire: Set<string>;
  /** A reservation that nobody settles (its worker died) ends after this: longer than any call takes. */
  reservationMs: number;
  /** Tells the operator of a spend limit that allows no call at all, and takes it back. */
  spendLimit: SpendLimitMessage;
  /** The batch's budget would not bear another call. */
  pauseForBudget(batchId: string): Promise<void>;
}

/** The quota of one start of a call's job. `lock` is the lock that BullMQ gave this worker for it. */
export function openCallQuota(
  deps: CallQuotaDeps,
  job: Job<AiJobData>,
  lock: string,
  data: AiJobData,
  signal: AbortSignal,
): OpenCallQuota {
  const { redis, keys } = deps;
  const batch = keys.batch(data.batchId);
  // Unique to this request: a job that is started again after a crash makes another one.
  // The time tells a job apart from an earlier one of the same id whose picture was lost.
  const tokenOf = (start: number) => `${job.id}.${job.timestamp}.${start}`;
  const token = tokenOf(job.attemptsStarted);
  const settle = (of: string, result: CallResult): Promise<number> =>
    settleCall(deps, { batchId: data.batchId, index: data.index, token: of }, result);
  /** Reserved price of the request that is on the wire (dollars). */
  let open: number | null = null;
  let slot: Slot | null = null;
  let isLost = false;
  let isFull = false;
  return {
    async nextSlot() {
      const taken = await deps.schedule.reserve({ ...data, jobId: job.id ?? '' });
      deps.wake();
      isFull = taken === 'full';
      slot = taken === 'full' ? null : taken;
      return slot;
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
    async reserve(estimateUsd) {
      for (;;) {
        const now = await redisNow(redis);
        const { day, msLeft } = quotaDay(now);
        const askedAt = performance.now();
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
            keys.parcelled,
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
            keys.poolName,
          ],
        )) as [string, number?];
        switch (verdict) {
          case 'ok':
            slot = null;
            if (performance.now() - askedAt > STOOD_STILL_MS) continue;
            open = estimateUsd;
            deps.callsOnTheWire.add(data.callKey);
            deps.background(() => noteDeparture(deps, token, askedAt));
            deps.spendLimit.isEnough();
            return { verdict: 'go' };
          case 'full':
            await sleep(ms, undefined, { signal });
            continue;
          case 'spendTooSmall':
            await deps.spendLimit.isTooSmall(estimateUsd);
            return { verdict: 'wait', ms: LONGEST_PAUSE_MS };
          case 'parcelled':
            return { verdict: 'wait', ms: PARCELLED_MS };
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
            await deps.schedule.pause(Math.min(ms, LONGEST_PAUSE_MS), LIMITS[verdict]);
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

/** Notes that a request leaves. A call that may send its request does so in this turn of the event loop, or in the next one. */
async function noteDeparture({ redis, keys }: CallQuotaDeps, token: string, askedAt: number): Promise<void> {
  await nextTurn();
  await nextTurn();
  if (performance.now() - askedAt > LATE_MS) await leaveLateScript(redis, [keys.callWindow], [token]);
}
