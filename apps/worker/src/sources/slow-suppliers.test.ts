import type { SkuInput } from '@image-studio/contract';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { supplierFaults as faults } from '@image-studio/testkit/supplier-faults';
import { type Supplier, type SupplierHandler, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openWorkerFixture, type WorkerFixture } from '../testing/worker-fixture.ts';

let redis: TestRedis;
let supplier: Supplier;
let gemini: GeminiStandIn;
let studio: WorkerFixture;

beforeAll(async () => {
  [redis, supplier, gemini] = await Promise.all([startTestRedis(), startSupplier(), startGeminiStandIn()]);
  gemini.configure({ latencyMs: 0, models: [] });
  studio = await openWorkerFixture({ redisUrl: redis.url, gemini });
});
afterAll(async () => {
  await studio.close();
  await gemini.close();
  await supplier.close();
  await redis.stop();
});

test('a supplier that allows few requests at a time serves a whole batch, and is not asked while it wants peace', async () => {
  const bytes = await productPhoto({ seed: 2, colour: distinctColour(2), width: 160, height: 160 });
  const windowMs = 1_500;
  let windowStart = 0;
  let inWindow = 0;
  let refused = 0;
  const limited: SupplierHandler = (request, response) => {
    if (Date.now() - windowStart > windowMs) [windowStart, inWindow] = [Date.now(), 0];
    inWindow += 1;
    if (inWindow > 3) refused += 1;
    const wait = { 'retry-after': '2' };
    const handler = inWindow > 3 ? faults.status(429, wait) : faults.photo(bytes);
    handler(request, response);
  };
  const skus: SkuInput[] = Array.from({ length: 12 }, (_, at) => ({
    sku: `limited ${at}`,
    images: [{ url: supplier.serve(`/limited-${at}.jpg`, limited) }],
  }));
  const stops = [
    await studio.startWorker({ SKU_CONCURRENCY: '4' }),
    await studio.startWorker({ SKU_CONCURRENCY: '4' }),
  ];
  const { id } = await studio.submit(skus);
  await eventually(
    async () => {
      const { completed = 0, needsReview = 0, failed } = (await studio.api.batch(id))?.counts ?? {};
      expect({ ended: completed + needsReview, failed }).toEqual({ ended: 12, failed: 0 });
    },
    { timeoutMs: 80_000 },
  );
  // Both workers together start eight at a time: nobody asks again before the pause is over.
  expect(refused).toBeLessThan(12 * 3);
  await Promise.all(stops.map((stop) => stop()));
});

test('suppliers that never answer, stall or drip cost the other SKUs of a batch nothing', async () => {
  const bytes = await productPhoto({ seed: 1, colour: distinctColour(1), width: 160, height: 160 });
  const bad = [faults.stallBeforeHeaders(), faults.stallInBody(bytes), faults.slowBody(20)];
  const slow: SkuInput[] = Array.from({ length: 12 }, (_, at) => ({
    sku: `slow ${at}`,
    images: [{ url: supplier.serve(`/slow-${at}.jpg`, bad[at % 3] ?? faults.stallBeforeHeaders()) }],
  }));
  const good: SkuInput[] = Array.from({ length: 4 }, (_, at) => ({
    sku: `good ${at}`,
    images: [{ url: supplier.serve(`/good-${at}.jpg`, bytes) }],
  }));
  await studio.startWorker({ SKU_CONCURRENCY: '4' });
  const { id } = await studio.submit([...slow, ...good]);
  await eventually(
    async () => {
      const { completed = 0, needsReview = 0, active } = (await studio.api.batch(id))?.counts ?? {};
      expect({ ended: completed + needsReview, active }).toEqual({ ended: 4, active: 12 });
    },
    { timeoutMs: 20_000 },
  );
  await studio.api.cancel(id);
});
