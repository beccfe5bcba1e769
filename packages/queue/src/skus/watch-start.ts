import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from 'bullmq';
import type { Keys } from '../batch-store/keys.ts';
import type { Redis } from '../redis/connect.ts';
import { closeStartScript, openStartScript, pulseScript, renewStartScript } from './watch-start.lua.ts';

/** A job that died so often in a row with its process is given up. */
export const DEATHS_THAT_PROVE = 3;
/**
 * Deaths at times that speak against nobody in particular: a call that waits for its answer for half a minute meets
 * many. So many in a row are no chance any more.
 */
const DEATHS_OF_ANY_KIND = 6;
/** From so many on the fleet runs one suspect at a time, so that the next death says who it was. */
const SUSPECT_AT = 2;
/**
 * Jobs that died once go on one after the other, so that a second death tells those that had just begun from the
 * others. Forty of them, what a worker on two cores holds, are under way again within 4 s.
 */
const LINE_MS = 100;
/** A second or third death speaks against those that began so short a time before it. */
const SOON_MS = 3000;
/** A suspect that is still well after this long is not worth holding the others up for. */
const ALONE_MS = 10_000;
/** Signs of life within `JOB_LOCK_MS`; a worker that missed three of them is taken for dead. */
const PULSES = 9;
const REMEMBER_MS = 3_600_000;
/**
 * A suspect runs when no worker has died for so many job locks: whatever another worker held when it died is under way
 * again by then, and a next death that follows on that one is not laid at its door.
 */
const CALM_LOCKS = 1.6;

export interface WatchDeps {
  redis: Redis;
  keys: Keys;
  workerId: string;
  jobLockMs: number;
}

/** How often a worker has to give its sign of life (ms). */
export const pulseMs = (jobLockMs: number) => Math.max(50, Math.round(jobLockMs / PULSES));

/** Without it, what a worker holds when it loses its locks is taken for a death of that worker. */
export async function givePulse({ redis, keys, workerId }: WatchDeps): Promise<void> {
  await pulseScript(redis, [keys.pulses], [workerId, REMEMBER_MS]);
}

/** A worker that ended in order has not died. */
export async function endPulse({ redis, keys, workerId }: WatchDeps): Promise<void> {
  await redis.zrem(keys.pulses, workerId);
}

export interface StartWatch {
  /**
   * Starts before this one that died with their process, so far as they speak against this job: in a row and, for a
   * SKU, each in the same stage, so a stage that was survived clears it.
   */
  deaths: number;
  /** Only now begins what the job may die of; before, it waited for its turn. */
  begins(): Promise<void>;
}

/**
 * Runs one start of a job and keeps book of whether it ended in order. A suspect that has to wait is given back
 * through `wait`, unrun.
 */
export async function watchStart<T>(
  deps: WatchDeps,
  job: Job<{ batchId: string; index: number }>,
  options: { hasStages: boolean; wait(ms: number): Promise<never> },
  run: (watch: StartWatch) => Promise<T>,
): Promise<T> {
  const { redis, keys } = deps;
  const batch = keys.batch(job.data.batchId);
  const id = job.id ?? '';
  const start = job.attemptsStarted;
  const open = async (hasWaited: 0 | 1) => {
    const stagesOf = options.hasStages ? job.data.index : '';
    const answer = await openStartScript(
      redis,
      [batch, keys.suspect, keys.restartLine, keys.pulses],
      [
        id,
        start,
        stagesOf,
        deps.workerId,
        deps.jobLockMs / 3,
        hasWaited,
        LINE_MS,
        SOON_MS,
        ALONE_MS,
        CALM_LOCKS * deps.jobLockMs,
        SUSPECT_AT,
        DEATHS_THAT_PROVE,
        DEATHS_OF_ANY_KIND,
      ],
    );
    const [deaths, ofAnyKind, ms] = answer as [number, number, number];
    return { deaths: ofAnyKind >= DEATHS_OF_ANY_KIND ? ofAnyKind : deaths, ms };
  };
  let opened = await open(0);
  if (opened.ms > 0) {
    if (opened.deaths >= SUSPECT_AT) return options.wait(opened.ms);
    await sleep(opened.ms);
    opened = await open(1);
  }
  try {
    return await run({
      deaths: opened.deaths,
      async begins() {
        await renewStartScript(redis, [batch, keys.suspect], [id, start, ALONE_MS]);
      },
    });
  } finally {
    await closeStartScript(redis, [batch, keys.suspect], [id, start]);
  }
}
