import { eventually, REFUSALS, refuse } from '@image-studio/testkit';
import { expect, test } from '@jest/globals';
import type { CallJob } from '../calls/call-job.ts';
import type { SkuJob } from '../skus/sku-job.ts';
import { callHandler, type QueueFixture, skuHandler, startQueueFixture } from '../testing/queue-fixture.ts';

/** Longer than the lock of a job, 3 s: what runs out meanwhile has run out. */
const HELD_MS = 4500;
const COUNT = 40;
const patiently = { timeoutMs: 60_000 };

/** Starts of each SKU and calls made, by SKU or call key, over all workers. */
const starts = new Map<string, number>();
const calls = new Map<string, number>();
/** Of one call. */
const slowMs = 300;

const count = (of: Map<string, number>, key: string) => of.set(key, (of.get(key) ?? 0) + 1);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const skus = (name: string) => Array.from({ length: COUNT }, (_, n) => `${name}${n}`);

async function startWorker(studio: QueueFixture) {
  const worker = await studio.startWorker({
    sku: async (job: SkuJob) => {
      if (job.attempt > 1) count(starts, `${job.batchId} spent an attempt`);
      return skuHandler(worker)(job);
    },
    call: async (job: CallJob) => {
      const settle = async (result: Parameters<CallJob['quota']['settle']>[0]) => {
        await pause(slowMs);
        return job.quota.settle(result);
      };
      return callHandler(worker, ({ data: { callKey } }) => count(calls, callKey))({
        ...job,
        quota: { ...job.quota, settle },
      });
    },
  });
}

// Each waits for most of its time, so they wait together.
test.concurrent.each([...REFUSALS, 'max number of clients', 'does not answer in time'] as const)(
  'a Redis that says %s in the middle of a batch costs no SKU, no attempt and no second call, and the batch goes on by itself',
  async (refusal) => {
    const studio = await startQueueFixture();
    try {
      await startWorker(studio);
      await startWorker(studio);
      await ridesThrough(studio, refusal);
    } finally {
      await studio.close();
    }
  },
);

async function ridesThrough(studio: QueueFixture, refusal: Parameters<typeof refuse>[1]): Promise<void> {
  const { id } = await studio.submit(skus(refusal));
  await eventually(async () => {
    const { counts } = (await studio.api.batch(id)) ?? { counts: { completed: 0 } };
    expect(counts.completed).toBeGreaterThan(2);
  }, patiently);
  const end = await refuse(studio.redis, refusal);
  await eventually(() => expect(studio.api.ping()).rejects.toThrow(refusal), patiently);
  await pause(HELD_MS);
  await end();
  await eventually(async () => {
    expect((await studio.api.batch(id))?.counts).toMatchObject({ completed: COUNT, failed: 0 });
  }, patiently);
  const { calls: counted } = (await studio.api.batch(id)) ?? {};
  expect(counted).toMatchObject({ made: COUNT, failed: 0 });
  expect(starts.get(`${id} spent an attempt`)).toBeUndefined();
  expect([...calls.values()].filter((times) => times > 1)).toEqual([]);
}
