import type { Database } from '../redis/database.ts';
import {
  noteThrottledScript,
  pauseScheduleScript,
  reserveSlotScript,
  returnSlotScript,
} from './call-schedule.lua.ts';

/**
 * Share of the quota that the schedule aims at. The rest is room for jitter between the slot and the provider's own
 * clock: at 0.985, calls may be 90 ms early or late before a tenth of a minute holds one call too many.
 */
const PACE = 0.985;
/** BullMQ may start a job this long before its slot: time to read the photos and build the request. */
const LEAD_MS = 300;
/** The first slot after a gap is this far away, so that the body is ready in time. */
const PREPARATION_MS = 60;
/** Slots that were missed by no more than this are made up for: half of the window that bounds the burst. */
const CATCH_UP_MS = 3000;
/** The longest pause that a provider or an operator may ask for. */
const LONGEST_PAUSE_MS = 24 * 3_600_000;
/** So many per-minute 429s within the window mean that the quota is wrong, not that one call had bad luck. */
export const THROTTLED_WINDOW_MS = 10_000;
export const THROTTLED_LIMIT = 3;

/**
 * BullMQ's limiter on the `ai` queue: one start per so many milliseconds. It only keeps a herd from starting in the
 * moment before a job has taken its slot; from then on the slot sets the limiter's key. Bounds the rate at 6,000/min.
 */
export const AI_LIMITER = { max: 1, duration: 10 };

/** A limit, the provider's or our own, that stops all calls for longer than a minute. */
export type UsedUpLimit = 'dayLimit' | 'spendLimit';

/** One call's place in the schedule. */
export interface Slot {
  /** Milliseconds until it; negative when it is late. */
  inMs: number;
  /** Milliseconds for which the pool makes no calls; 0 while it does. */
  pausedMs: number;
  /** Lets another call have it. */
  giveBack(): Promise<void>;
}

/** The fleet's one schedule of a pool's calls. */
export interface CallSchedule {
  /**
   * Takes the next slot for this call. No slot is taken when nobody wants the call any more (`null`), or when its batch
   * has as many calls in flight as it may (`full`).
   */
  reserve(call: {
    batchId: string;
    index: number;
    run: number;
    jobId: string;
  }): Promise<Slot | 'full' | null>;
  /**
   * Holds every call of the pool back, in the whole fleet; never shortens a longer pause. `limit`: the pool has used up what it
   * may for so long, so that another model should make the pictures.
   */
  pause(ms: number, limit?: UsedUpLimit): Promise<void>;
  /** Notes a per-minute 429 and trims the pace; returns how many came lately. */
  noteThrottled(): Promise<number>;
}

export function createCallSchedule(db: Database, callsPerMinute: number): CallSchedule {
  const { redis, keys } = db;
  return {
    async reserve({ batchId, index, run, jobId }) {
      const scriptKeys = [keys.quota, keys.pace, keys.aiLimiter, keys.batch(batchId), keys.clock];
      const [inMs, intervalMs, pausedMs = '0'] = (await reserveSlotScript(redis, scriptKeys, [
        callsPerMinute,
        PACE,
        LEAD_MS,
        PREPARATION_MS,
        CATCH_UP_MS,
        index,
        run,
        jobId,
        keys.poolSuffix,
      ])) as string[];
      if (inMs === 'full') return 'full';
      if (inMs === undefined || intervalMs === undefined) return null;
      return {
        inMs: Number(inMs),
        pausedMs: Number(pausedMs),
        giveBack: async () => void (await returnSlotScript(redis, [keys.pace], [intervalMs])),
      };
    },
    async pause(ms, limit) {
      await pauseScheduleScript(
        redis,
        [keys.pace, keys.aiLimiter],
        [Math.ceil(Math.min(Math.max(ms, 0), LONGEST_PAUSE_MS)), limit ?? ''],
      );
    },
    async noteThrottled() {
      return Number(await noteThrottledScript(redis, [keys.pace], [THROTTLED_WINDOW_MS]));
    },
  };
}
