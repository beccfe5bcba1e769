import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DelayedError, type Job, type Queue, Worker } from 'bullmq';
import { openQueue, SKU_QUEUE } from '../jobs/queues.ts';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import { keysOf } from '../redis/keys.ts';
import {
  callHandler,
  keyFor,
  type QueueFixture,
  skuHandler,
  startQueueFixture,
} from '../testing/queue-fixture.ts';
import type { CallOutcome } from './call-job.ts';
import { awaitCalls } from './call-waiters.ts';

/** Longer than a test, and no longer than a job may sleep. */
const LONG_MS = 100_000;
const SHARED = keyFor('shared');
const keys = keysOf('test');

let studio: QueueFixture;
let redis: Redis;
let skuQueue: Queue;

beforeEach(async () => {
  studio = await startQueueFixture();
  redis = connectPatient(studio.redis.url);
  skuQueue = openQueue(SKU_QUEUE, redis, 'test');
});
afterEach(async () => {
  await skuQueue.close();
  await disconnect(redis);
  await studio.close();
});

/** A worker whose SKUs all need the same picture; each call waits for `release` and ends as `outcome` says. */
async function startSharing(outcome: () => CallOutcome | 'picture') {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let calls = 0;
  const worker = await studio.startWorker({
    sku: (job) => skuHandler(worker, () => SHARED)(job),
    call: async (job) => {
      calls += 1;
      await released;
      const ending = outcome();
      return ending === 'picture' ? callHandler(worker)(job) : ending;
    },
  });
  return { release, calls: () => calls };
}

/** Waits until all other SKUs wait for the one call, and sees to it that none of them looks for itself. */
async function allWaiting(count: number): Promise<void> {
  await eventually(async () => {
    const jobs: Job[] = await skuQueue.getDelayed();
    expect(jobs).toHaveLength(count);
    for (const job of jobs) await job.changeDelay(LONG_MS);
  });
}

const counts = async (id: string) => (await studio.api.batch(id))?.counts;

describe('SKUs that wait for a call of another SKU', () => {
  test('go on when its picture is there, without looking for it', async () => {
    const { release, calls } = await startSharing(() => 'picture');
    const { id } = await studio.submit(['a', 'b', 'c', 'd', 'e']);
    await allWaiting(4);
    release();
    await eventually(async () => expect(await counts(id)).toMatchObject({ completed: 5 }));
    expect(calls()).toBe(1);
    expect(await redis.exists(keys.waiters(SHARED))).toBe(0);
  });

  test('make the call themselves when it failed, one after the other', async () => {
    const failure = { code: 'MODEL_REFUSED', message: 'no', stage: 'generate', retryable: false } as const;
    let tries = 0;
    const { release, calls } = await startSharing(() => {
      tries += 1;
      return tries < 3 ? { next: 'fail', failure } : 'picture';
    });
    const { id } = await studio.submit(['a', 'b', 'c', 'd', 'e']);
    await allWaiting(4);
    release();
    await eventually(async () => expect(await counts(id)).toMatchObject({ failed: 2, completed: 3 }));
    expect(calls()).toBe(3);
  });

  test.each(['paid for', 'given up'])('do not fall asleep when it has just been %s', async (how) => {
    await studio.submit(['a']);
    await eventually(async () => expect((await skuQueue.getJobCounts()).prioritized).toBe(1));
    const worker = new Worker(SKU_QUEUE, null, { connection: redis, prefix: 'test' });
    const job = (await worker.getNextJob('token')) as Job;
    if (how === 'paid for') await redis.mset(keys.ledger(SHARED), '{}', keys.claim(SHARED), 'somebody');
    const waiting = awaitCalls({ redis, keys, skuQueue }, job, 'token', [SHARED], LONG_MS);
    await expect(waiting).rejects.toThrow(DelayedError);
    expect(await job.getState()).toBe('prioritized');
    await worker.close();
  });
});
