import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Queue, UnrecoverableError, Worker } from 'bullmq';
import { AI_QUEUE, openQueue, SKU_QUEUE } from '../jobs/queues.ts';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import type { StudioWorker } from '../studio-worker.ts';
import { type QueueFixture, skuHandler, startQueueFixture } from '../testing/queue-fixture.ts';

const SKUS = ['a', 'b', 'c', 'd', 'e', 'f'];

let studio: QueueFixture;
let redis: Redis;
let skuQueue: Queue;
let aiQueue: Queue;

beforeEach(async () => {
  studio = await startQueueFixture({ jobLockMs: 900 });
  redis = connectPatient(studio.redis.url);
  skuQueue = openQueue(SKU_QUEUE, redis, 'test');
  aiQueue = openQueue(AI_QUEUE, redis, 'test');
});
afterEach(async () => {
  await Promise.all([skuQueue.close(), aiQueue.close()]);
  await disconnect(redis);
  await studio.close();
});

type State = 'prioritized' | 'waiting-children' | 'delayed';
const idsIn = (queue: Queue, state: State) => queue.getRanges([state], 0, -1);
const reach = (queue: Queue, state: State, count: number) =>
  eventually(async () => expect(await idsIn(queue, state)).toHaveLength(count));

async function startHealthyWorker(): Promise<void> {
  await studio.startWorker({});
}

async function completes(id: string): Promise<void> {
  await eventually(
    async () => {
      const batch = await studio.api.batch(id);
      expect(batch?.counts).toMatchObject({ completed: SKUS.length, failed: 0 });
      expect(batch?.finishedAt).not.toBeNull();
    },
    { timeoutMs: 40_000 },
  );
}

/** Lets the SKUs of a new batch get as far as the state, where nobody takes them any further. */
async function submitAndReach(state: State): Promise<string> {
  await aiQueue.pause();
  if (state !== 'prioritized') {
    const worker: StudioWorker = await studio.startWorker({
      sku: async (job) => {
        if (state !== 'delayed' || job.run > 1) return skuHandler(worker)(job);
        return (await job.begin()) ? { next: 'wait', ms: 100_000 } : { next: 'drop' };
      },
    });
  }
  const { id } = await studio.submit(SKUS);
  await reach(skuQueue, state, SKUS.length);
  return id;
}

/** What can become of a job behind the back of the batch store. */
const LOSSES = {
  'removed one by one, as in Bull Board': async (state: State) => {
    for (const id of await idsIn(skuQueue, state)) await skuQueue.remove(id);
  },
  'dropped with all of their queue': () => skuQueue.obliterate({ force: true }),
  'evicted, hash by hash': async (state: State) => {
    for (const id of await idsIn(skuQueue, state)) await redis.del(skuQueue.toKey(id));
  },
  'evicted, the set that lists them': async (state: State) => void (await redis.del(skuQueue.toKey(state))),
};

describe('SKUs whose jobs are gone', () => {
  describe.each(Object.keys(LOSSES) as (keyof typeof LOSSES)[])('%s', (loss) => {
    test.each(['prioritized', 'waiting-children', 'delayed'] as const)(
      'while they were %s get other jobs, and pay once',
      async (state) => {
        const id = await submitAndReach(state);
        await LOSSES[loss](state);
        await aiQueue.resume();
        if (state === 'prioritized') await startHealthyWorker();
        await completes(id);
        const { calls: counted } = (await studio.api.batch(id)) ?? {};
        expect(counted).toMatchObject({ made: SKUS.length, failed: 0 });
      },
      60_000,
    );
  });

  test.each(['removed', 'evicted'])(
    'while they wait for calls that were %s make those calls',
    async (how) => {
      const id = await submitAndReach('waiting-children');
      for (const call of await idsIn(aiQueue, 'prioritized')) {
        if (how === 'removed') await aiQueue.remove(call);
        else await redis.del(aiQueue.toKey(call));
      }
      await aiQueue.resume();
      await completes(id);
    },
    60_000,
  );

  test.each(['completed', 'failed'])(
    'because they had %s without a word get other jobs',
    async (how) => {
      const { id } = await studio.submit(SKUS);
      const process = async () => {
        if (how === 'failed') throw new UnrecoverableError('no word');
      };
      const stranger = new Worker(SKU_QUEUE, process, { connection: redis, prefix: 'test' });
      await eventually(async () =>
        expect(await skuQueue.getJobCountByTypes('completed', 'failed')).toBe(SKUS.length),
      );
      await stranger.close();
      await startHealthyWorker();
      await completes(id);
    },
    60_000,
  );

  test('are left alone while their batch is paused, and go on with it', async () => {
    const id = await submitAndReach('prioritized');
    await studio.api.pause(id);
    await skuQueue.obliterate({ force: true });
    await aiQueue.resume();
    await startHealthyWorker();
    expect((await studio.api.batch(id))?.counts.waiting).toBe(SKUS.length);
    await studio.api.resume(id);
    await completes(id);
  }, 60_000);
});
