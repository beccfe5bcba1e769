import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openWorkerFixture, type WorkerFixture } from './testing/worker-fixture.ts';

const HOUR_MS = 1500;
let redis: TestRedis;
let gemini: GeminiStandIn;
let supplier: Supplier;
let fixture: WorkerFixture;

beforeAll(async () => {
  redis = await startTestRedis();
  gemini = await startGeminiStandIn();
  supplier = await startSupplier();
});
beforeEach(async () => {
  gemini.reset();
  gemini.configure({ batch: { hourMs: HOUR_MS } });
  fixture = await openWorkerFixture({ redisUrl: redis.url, gemini });
  await fixture.startWorker({ ECONOMY_HOUR_MS: String(HOUR_MS) });
});
afterEach(() => fixture.close());
afterAll(async () => {
  await Promise.all([gemini.close(), supplier.close(), redis.stop()]);
});

let seed = 0;
async function submit(count: number, hours: number) {
  const skus = [];
  for (let n = 0; n < count; n += 1) {
    seed += 1;
    const photo = await productPhoto({ seed, colour: distinctColour(seed), width: 200, height: 200 });
    skus.push({ sku: `E${seed}`, images: [{ url: supplier.serve(`/${seed}.jpg`, photo) }] });
  }
  const deadline = new Date(Date.now() + hours * HOUR_MS).toISOString();
  return fixture.submit(skus, { lane: 'economy', deadline });
}

describe('a batch in the economy lane', () => {
  test('is made by batches of the provider at half price, whatever lines fail and whichever answer is lost', async () => {
    gemini.configure({ batch: { hourMs: HOUR_MS, lineErrors: 0.1, lostCreates: 1, listLagHours: 0.1 } });
    const { id } = await submit(10, 100);
    const batch = await fixture.ended(id);
    const { batches, paidTwice, billedUsd, accepted } = gemini.stats();
    expect(batch.counts).toMatchObject({ total: 10, failed: 0, cancelled: 0 });
    expect(paidTwice).toBe(0);
    expect(new Set(batches.map(({ displayName }) => displayName)).size).toBe(batches.length);
    expect(batches.reduce((sum, { made }) => sum + made, 0) + accepted).toBe(10);
    expect(batch.costUsd).toBeCloseTo(billedUsd);
    expect(batch.calls.made - batch.calls.failed).toBe(10);
  });

  test('that the provider leaves lying is made one by one before its deadline, and nothing of it twice', async () => {
    gemini.configure({ batch: { hourMs: HOUR_MS, outcome: 'stuck', cancelKeeps: 0.5 } });
    const { id } = await submit(4, 14);
    await eventually(async () => {
      expect((await fixture.api.summary(id)).economy?.atProvider).toBe(4);
    });
    const batch = await fixture.ended(id);
    const { batches, paidTwice, accepted } = gemini.stats();
    expect(batch.counts).toMatchObject({ total: 4, failed: 0 });
    // One parcel, or several where the SKUs came slowly.
    expect(new Set(batches.map(({ state }) => state))).toEqual(new Set(['CANCELLED']));
    const kept = batches.reduce((sum, { made }) => sum + made, 0);
    expect(kept).toBeLessThanOrEqual(2);
    expect([kept + accepted, paidTwice]).toEqual([4, 0]);
  });
});
