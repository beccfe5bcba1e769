import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
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
let few: ImagesStandIn;
let routed: ImagesStandIn;
let supplier: Supplier;
let studio: WorkerFixture;
let seed = 0;

beforeAll(async () => {
  redis = await startTestRedis();
  gemini = await startGeminiStandIn();
  gpu = await startImagesStandIn({ kind: 'sd-cpp', latencyMs: 50 });
  stuck = await startImagesStandIn({ kind: 'sd-cpp', hangs: true });
  const granted = { callsPerMinute: 3, minuteMs: 2500, tellsAllowance: true };
  few = await startImagesStandIn({ kind: 'openai', ...granted });
  routed = await startImagesStandIn({ kind: 'openrouter', ...granted });
  supplier = await startSupplier();
  studio = await openWorkerFixture({ redisUrl: redis.url, gemini, pools: ['few', 'routed'] });
  const own = { provider: 'openai-images', model: 'any', price: 0, callsPerMinute: 6000 };
  const models = {
    gpu: { ...own, baseUrl: gpu.baseUrl, concurrency: 1 },
    stuck: { ...own, baseUrl: stuck.baseUrl, timeoutMs: 1000 },
    few: { ...own, baseUrl: few.baseUrl, keyVariable: 'STAND_IN_KEY', concurrency: 1 },
    routed: {
      ...{ provider: 'openrouter', model: 'author/a-model', price: 0.1, callsPerMinute: 6000 },
      ...{ baseUrl: routed.baseUrl, keyVariable: 'STAND_IN_KEY', concurrency: 1 },
    },
  };
  // Nobody dies here: where a lock ran out on a busy machine, a picture would be made twice.
  const locks = { JOB_LOCK_MS: '15000' };
  const env = { ...locks, STUDIO_MODELS: JSON.stringify(models), STAND_IN_KEY: few.apiKey };
  for (let n = 0; n < 2; n += 1) await studio.startWorker(env);
});
afterAll(async () => {
  await studio.close();
  const servers = [supplier, stuck, few, routed, gpu, gemini];
  await Promise.all([...servers.map((server) => server.close()), redis.stop()]);
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

test.each(['few', 'routed'] as const)(
  'an account of which an answer says that nothing is left (%s) is left alone until its reset, and no other waits',
  async (pool) => {
    const server = { few, routed }[pool];
    const model = { few: OWN, routed: { provider: 'openrouter', model: 'author/a-model' } }[pool];
    const limited = await studio.submitTo(pool, model, await skus(8));
    await eventually(async () => expect((await studio.api.quota(pool)).pausedUntil).not.toBeNull());
    const free = await studio.submit(await skus(2));
    const [there, here] = await Promise.all([studio.ended(limited.id), studio.ended(free.id)]);
    expect(there.counts).toMatchObject({ total: 8, failed: 0 });
    expect(there.calls.made).toBe(server.stats().accepted);
    expect(server.stats()).toMatchObject({ rateLimited: 0, duplicates: 0 });
    expect(here.counts.failed).toBe(0);
    expect((await studio.api.quota()).pausedUntil).toBeNull();
    expect(Date.parse(here.finishedAt ?? '')).toBeLessThan(Date.parse(there.finishedAt ?? ''));
  },
);
