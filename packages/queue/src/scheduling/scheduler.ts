import { detached } from '@image-studio/tracing';
import type { CallPools } from '../jobs/call-pools.ts';
import { SKU_QUEUE } from '../jobs/queues.ts';
import { isOpen } from '../redis/be-patient.ts';
import { countWaitingScript } from './count-waiting.lua.ts';
import { type EnqueueDeps, enqueueSkus } from './enqueue-skus.ts';
import { releaseAllCalls } from './in-flight.ts';
import { rankReadyCalls, rankReadySkus } from './rank-jobs.ts';
import { planEnqueueScript } from './scheduler.lua.ts';

/** SKUs may be in work, from download to upload, for so many minutes of quota: a slow call and a slow supplier. */
const MINUTES_IN_WORK = 1.5;
/** SKUs of a batch that are in work at least, however many batches share the quota. */
const LEAST_IN_WORK = 16;
/** Changes within this time are answered by one run of the scheduler. */
const GATHER_MS = 60;
/** From the end of one run of the scheduler to the start of the next, in the whole fleet. */
const GAP_MS = 40;
/** SKUs enqueued before all batches are looked at again: a small one must not wait for a large one. */
const STEP = 100;
/** BullMQ's states of a SKU's job that count as in work; `delayed` does not, in which a job waits for its supplier. */
const IN_WORK = ['wait', 'active', 'prioritized', 'waiting-children'] as const;
/** How long a scheduler that died keeps the others waiting. */
const LEASE_MS = 3000;

export interface SchedulerDeps extends EnqueueDeps {
  pools: CallPools;
  background(work: () => Promise<void>): void;
}

/** Keeps all queues filled, and in the order of whose turn it is. One process of the fleet at a time does it. */
export interface Scheduler {
  /** Something has changed: looks in a moment. */
  soon(): void;
  /** Looks now, unless another process does. Resolves to whether it was this one. */
  now(): Promise<boolean>;
  close(): void;
}

export function createScheduler(deps: () => SchedulerDeps): Scheduler {
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const now = async (): Promise<boolean> => {
    const { redis, keys } = deps();
    if ((await redis.set(keys.schedulerLease, 1, 'PX', LEASE_MS, 'NX')) === null) return false;
    try {
      for (let isFull = false; !isFull && !isClosed; ) {
        isFull = await enqueueByShare(deps());
        for (const pool of deps().pools.all()) {
          await releaseAllCalls(pool);
          await rankReadyCalls(pool);
        }
        await rankReadySkus(deps());
        await redis.pexpire(keys.schedulerLease, LEASE_MS);
      }
    } finally {
      await redis.set(keys.schedulerLease, 1, 'PX', GAP_MS);
    }
    return true;
  };

  const soon = (): void => {
    if (timer !== undefined || isClosed) return;
    timer = detached(() =>
      setTimeout(() => {
        timer = undefined;
        if (isClosed || !isOpen(deps().redis)) return;
        deps().background(async () => {
          if (!(await now())) soon();
        });
      }, GATHER_MS),
    );
  };

  return {
    soon,
    now,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/**
 * Enqueues SKUs of the batches that have some left, as many as their shares of the quota let be in work, a step at a
 * time. Resolves to whether none is left to enqueue.
 */
async function enqueueByShare(deps: SchedulerDeps): Promise<boolean> {
  const { redis, keys } = deps;
  const [main, ...further] = deps.pools.all();
  if (main === undefined) return true;
  await countWaitingScript(
    redis,
    [keys.open, keys.clock, keys.waiting, keys.waitingRound],
    [keys.batch(''), main.name],
  );
  const plan = (await planEnqueueScript(
    redis,
    [
      keys.enqueueing,
      keys.clock,
      keys.quota,
      keys.enqueueingTenants,
      ...IN_WORK.map((key) => keys.queue(SKU_QUEUE, key)),
    ],
    [
      keys.batch(''),
      main.quota.callsPerMinute,
      MINUTES_IN_WORK,
      LEAST_IN_WORK,
      STEP,
      main.name,
      ...further.flatMap(({ name, quota, keys: own }) => [name, quota.callsPerMinute, own.quota]),
    ],
  )) as (string | number)[];
  for (let at = 0; at < plan.length; at += 2) {
    await enqueueSkus(deps, String(plan[at]), Number(plan[at + 1]));
  }
  return plan.length === 0;
}
