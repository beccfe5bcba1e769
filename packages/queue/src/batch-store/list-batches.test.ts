import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { aPicture, aRecord, type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';

let studio: QueueFixture;

beforeEach(async () => {
  studio = await startQueueFixture();
});
afterEach(() => studio.close());

const picture = aPicture({ costUsd: 0 });

test('the time left counts the calls of pictures that are listed and were asked for again, until they are listed again', async () => {
  let goOn = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let listed = 0;
  await studio.startWorker({
    async sku(job) {
      await job.begin();
      await job.note({ ...aRecord(), stage: 'generate' });
      const images = [picture];
      await job.note({ ...aRecord(), stage: 'upload', images });
      // Noted twice, as by a job that starts anew: asked for once.
      await job.note({ ...aRecord(), stage: 'generate', images });
      await job.note({ ...aRecord(), stage: 'generate', images });
      listed += 1;
      await held;
      await job.finish('completed', { ...aRecord(), stage: null, images });
      return { next: 'done' };
    },
  });
  await studio.api.setQuota({ callsPerMinute: 1 });
  const { id } = await studio.submit(['a', 'b', 'c', 'd']);
  await eventually(async () => expect(listed).toBe(4));
  const { eta, images } = (await studio.api.batch(id)) ?? {};
  expect(images).toEqual({ expected: 4, done: 4 });
  // Four calls, one a minute.
  expect(eta?.lowSeconds).toBeGreaterThan(239);
  expect(eta?.lowSeconds).toBeLessThan(300);
  goOn();
  await eventually(async () => expect((await studio.api.batch(id))?.finishedAt).toEqual(expect.any(String)));
  expect((await studio.api.batch(id))?.eta).toBeNull();
});
