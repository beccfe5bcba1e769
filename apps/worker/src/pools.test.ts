import { startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { type ImagesStandIn, startImagesStandIn } from '@image-studio/testkit/images-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openWorkerFixture, type WorkerFixture } from './testing/worker-fixture.ts';

let redis: TestRedis;
let gemini: GeminiStandIn;
let gpu: ImagesStandIn;
let stuck: ImagesStandIn;
let supplier: Supplier;
let studio: WorkerFixture;
let seed = 0;

beforeAll(async () => {
  redis = await startTestRedis();
  gemini = await startGeminiStandIn();
  gpu = await startImagesStandIn({ kind: 'sd-cpp', latencyMs: 50 });
  stuck = await startImagesStandIn({ kind: 'sd-cpp', hangs: true });
  supplier = await startSupplier();
  studio = await openWorkerFixture({ redisUrl: redis.url, gemini });
  const own = { provider: 'openai-images', model: 'any', price: 0, callsPerMinute: 6000 };
  const models = {
    gpu: { ...own, baseUrl: gpu.baseUrl, concurrency: 1 },
    stuck: { ...own, baseUrl: stuck.baseUrl, timeoutMs: 1000 },
  };
  for (let n = 0; n < 2; n += 1) await studio.startWorker({ STUDIO_MODELS: JSON.stringify(models) });
});
afterAll(async () => {
  await studio.close();
  await Promise.all([supplier.close(), stuck.close(), gpu.close(), gemini.close(), redis.stop()]);
});

const OWN = { provider: 'openai-images', model: 'any' };

async function skus(count: number) {
  const all = [];
  for (let n = 0; n < count; n += 1) {
    seed += 1;
    const photo = await productPhoto({ seed, colour: distinctColour(seed), width: 200, height: 200 });
    all.push({ sku: `S${seed}`, images: [{ url: supplier.serve(`/${seed}.jpg`, photo) }] });
  }
  return all;
}

test('a server that hangs is a time-out of its own pool; a GPU of one picture at a time gets one; nobody else waits', async () => {
  const held = await studio.submitTo('stuck', OWN, await skus(2));
  const slow = await studio.submitTo('gpu', OWN, await skus(6));
  const free = await studio.submit(await skus(3));
  expect(await studio.ended(free.id)).toMatchObject({ counts: { failed: 0 }, status: 'completed' });
  expect(await studio.ended(slow.id)).toMatchObject({ counts: { failed: 0 }, costUsd: 0 });
  expect(gpu.stats()).toMatchObject({ mostAtOnce: 1, duplicates: 0 });
  // What may have been paid for is risked twice.
  expect(await studio.ended(held.id)).toMatchObject({ counts: { failed: 2 }, calls: { made: 4, failed: 4 } });
  expect(stuck.stats().requests).toBe(4);
});
