import { setTimeout as sleep } from 'node:timers/promises';
import { outageOf } from '../redis/redis-outage.ts';

/** Time kept for handing jobs back after the grace period. */
const HAND_BACK_RESERVE_MS = 2000;
/** A process that is told to stop does not wait for a Redis that has been away, or has refused, for this long. */
const GONE_AFTER_MS = 3000;
const LOOK_MS = 100;

export interface ProcessToEnd {
  /** Resolves when its jobs have ended and all that it opened is closed. */
  end(): Promise<void>;
  /** Aborts its active jobs, so that others take them up at once. */
  handBack(): void;
  /** Whether Redis takes commands now. */
  isRedisOfUse(): boolean;
  /** Whether a picture is on its way from a model and not in the store yet. */
  isMakingPictures(): boolean;
}

/**
 * Lets a process end within `timeoutMs`, and has its jobs handed back shortly before. `stuck`: it did not end in time; `gone`:
 * there is no Redis to end anything in.
 */
export async function endInTime(
  process: ProcessToEnd,
  timeoutMs: number,
): Promise<'ended' | 'stuck' | 'gone'> {
  const over = new AbortController();
  const after = <T>(ms: number, then: () => T): Promise<T> => {
    const due = sleep(Math.max(0, ms), undefined, { signal: over.signal }).then(then);
    due.catch(() => {});
    return due;
  };
  void after(timeoutMs - HAND_BACK_RESERVE_MS, () => process.handBack());
  const stuck = after(timeoutMs, () => 'stuck' as const);
  const gone = redisGone(process, over.signal).then(() => 'gone' as const);
  const ended = process.end().then(
    () => 'ended' as const,
    (error: unknown) => {
      // A command that Redis refuses now, or does not answer, counts like one that never comes back.
      if (outageOf(error) === null) throw error;
      return 'gone' as const;
    },
  );
  const first = await Promise.race([ended, stuck, gone]);
  // Without Redis nothing can be ended or handed back: what this process holds stalls, and is taken up later. Only
  // pictures that are being made are worth waiting for: in the store they are found again.
  while (first === 'gone' && process.isMakingPictures()) {
    if ((await Promise.race([stuck, sleep(LOOK_MS)])) === 'stuck') break;
  }
  over.abort();
  return first;
}

/** Resolves when Redis has been of no use for a while; never when the signal fires first. */
async function redisGone({ isRedisOfUse }: ProcessToEnd, signal: AbortSignal): Promise<void> {
  for (let since = performance.now(); performance.now() - since < GONE_AFTER_MS; ) {
    if (signal.aborted) return new Promise(() => {});
    if (isRedisOfUse()) since = performance.now();
    await sleep(LOOK_MS);
  }
}
