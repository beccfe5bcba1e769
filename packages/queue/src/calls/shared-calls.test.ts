import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AI_QUEUE, openQueue, SKU_QUEUE } from '../jobs/queues.ts';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import { billedCallHandler, readBill } from '../testing/billed-calls.ts';
import { type QueueFixture, skuHandler, startQueueFixture } from '../testing/queue-fixture.ts';

/** Both batches ask for the same pictures, because their SKUs have the same names. */
const SKUS = Array.from({ length: 12 }, (_, n) => `s${n}`);

let studio: QueueFixture;
let redis: Redis;
let answer: () => void;

beforeEach(async () => {
  studio = await startQueueFixture();
  redis = connectPatient(studio.redis.url);
});
afterEach(async () => {
  answer?.();
  await disconnect(redis);
  await studio.close();
});

/** Workers whose calls are answered when `answer` is called. */
async function startWorkers(): Promise<void> {
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  for (let n = 0; n < 2; n += 1) {
    const worker = await studio.startWorker({
      sku: (job) => skuHandler(worker)(job),
      call: (job) => billedCallHandler(worker, redis, answered)(job),
    });
  }
}

const bill = async () => (await readBill(redis)).total;

/** The second batch waits for all calls of the first one. */
async function allWaiting(): Promise<void> {
  const skuQueue = openQueue(SKU_QUEUE, redis, 'test');
  await eventually(async () => expect(await skuQueue.getDelayedCount()).toBe(SKUS.length));
  await skuQueue.close();
}

const END = { timeoutMs: 20_000 };
const expectCompleted = (id: string) =>
  eventually(
    async () =>
      expect(await studio.api.batch(id)).toMatchObject({ counts: { completed: SKUS.length, failed: 0 } }),
    END,
  );

describe('calls on the wire that another batch waits for', () => {
  test.each(['cancel', 'pause', 'budget', 'cancel and delete'] as const)(
    'outlive a %s of the batch that made them, and are paid once',
    async (how) => {
      await startWorkers();
      const first = await studio.submit(SKUS);
      const alone = await studio.submit(['alone']);
      await eventually(async () => expect(await bill()).toBe(SKUS.length + 1));
      const second = await studio.submit(SKUS);
      await allWaiting();
      if (how === 'budget') await studio.api.setBudget(first.id, 0.01);
      if (how === 'pause' || how === 'budget') await studio.api.pause(first.id);
      else await studio.api.cancel(first.id);
      if (how === 'cancel and delete') await studio.api.delete(first.id);
      // Whoever has been told of this has been told of that.
      await studio.api.cancel(alone.id);
      await eventually(async () => expect((await studio.api.batch(alone.id))?.calls.failed).toBe(1));
      answer();
      await expectCompleted(second.id);
      expect(await bill()).toBe(SKUS.length + 1);
      expect(await studio.api.batch(second.id)).toMatchObject({ calls: { made: 0, reused: SKUS.length } });
    },
  );

  test('are broken off when that batch is cancelled, too', async () => {
    await startWorkers();
    const first = await studio.submit(SKUS);
    await eventually(async () => expect(await bill()).toBe(SKUS.length));
    const second = await studio.submit(SKUS);
    await allWaiting();
    await studio.api.cancel(second.id);
    await studio.api.cancel(first.id);
    await eventually(async () => expect((await studio.api.batch(first.id))?.calls.failed).toBe(SKUS.length));
  });
});

describe('calls on the wire whose jobs are gone', () => {
  test('are not made a second time: another batch waits for their pictures', async () => {
    await startWorkers();
    await studio.submit(SKUS);
    await eventually(async () => expect(await bill()).toBe(SKUS.length));
    const aiQueue = openQueue(AI_QUEUE, redis, 'test');
    await aiQueue.obliterate({ force: true });
    await aiQueue.close();
    const second = await studio.submit(SKUS);
    await allWaiting();
    expect(await bill()).toBe(SKUS.length);
    answer();
    await expectCompleted(second.id);
    expect(await bill()).toBe(SKUS.length);
  });

  test('are not made a second time when their claims are gone, too', async () => {
    await startWorkers();
    await studio.submit(SKUS);
    await eventually(async () => expect(await bill()).toBe(SKUS.length));
    const aiQueue = openQueue(AI_QUEUE, redis, 'test');
    await aiQueue.obliterate({ force: true });
    await aiQueue.close();
    const claims = await redis.keys('test:claim:*');
    expect(await redis.del(...claims)).toBe(SKUS.length);
    const second = await studio.submit(SKUS);
    await allWaiting();
    expect(await bill()).toBe(SKUS.length);
    answer();
    await expectCompleted(second.id);
    expect(await bill()).toBe(SKUS.length);
  });
});

describe('calls in the queue that another batch waits for', () => {
  test.each(['cancel', 'pause'] as const)('are made by that batch at once after a %s', async (how) => {
    const aiQueue = openQueue(AI_QUEUE, redis, 'test');
    await aiQueue.pause();
    await startWorkers();
    const first = await studio.submit(SKUS);
    await eventually(async () => expect(await aiQueue.getJobCountByTypes('prioritized')).toBe(SKUS.length));
    const second = await studio.submit(SKUS);
    await allWaiting();
    // None of them looks for itself within the time of this test.
    const skuQueue = openQueue(SKU_QUEUE, redis, 'test');
    for (const job of await skuQueue.getDelayed()) await job.changeDelay(100_000);
    await studio.api[how](first.id);
    await eventually(async () => expect(await skuQueue.getDelayedCount()).toBe(0));
    await aiQueue.resume();
    answer();
    await expectCompleted(second.id);
    expect(await bill()).toBe(SKUS.length);
    await Promise.all([aiQueue.close(), skuQueue.close()]);
  });
});
