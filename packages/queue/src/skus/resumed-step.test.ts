import type { SkuStep, StoredInput } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connectPatient, disconnect } from '../redis/connect.ts';
import { aCall, keyFor, type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';

let studio: QueueFixture;
beforeEach(async () => {
  studio = await startQueueFixture();
});
afterEach(() => studio.close());

const input: StoredInput = {
  key: 'inputs/1',
  sha256: '1'.repeat(64),
  mime: 'image/jpeg',
  bytes: 1000,
  source: { url: 'http://supplier.test/a.jpg', name: 'a.jpg', stem: 'a' },
};

test('a SKU goes on after a pause from the photos that were prepared before it, and forgets them at its end', async () => {
  const steps: (SkuStep | undefined)[] = [];
  let calls = 0;
  let mayEnd = false;
  await studio.startWorker({
    // No answer before the pause.
    call: async () => {
      calls += 1;
      return { next: 'requeue', ms: 50 };
    },
    sku: async (job) => {
      const begun = await job.begin();
      if (!begun) return { next: 'drop' };
      steps.push(job.step);
      if (mayEnd) {
        await job.finish('completed', { stage: null, attempts: 1, timeline: [], images: [] });
        return { next: 'done' };
      }
      await job.saveStep({ inputs: [input] });
      return { next: 'waitForCalls', calls: [aCall(keyFor('a'))] };
    },
  });
  const { id } = await studio.submit(['a']);
  await eventually(async () => expect(calls).toBeGreaterThan(0));
  await studio.api.pause(id);
  mayEnd = true;
  await studio.api.resume(id);
  await eventually(async () => expect((await studio.api.batch(id))?.counts.completed).toBe(1));
  expect(steps[0]).toBeUndefined();
  expect(steps.at(-1)).toEqual({ inputs: [input] });
  const redis = connectPatient(studio.redis.url);
  expect(await redis.hlen(`test:batch:${id}:steps`)).toBe(0);
  await disconnect(redis);
});
