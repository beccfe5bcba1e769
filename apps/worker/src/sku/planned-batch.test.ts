import type { SkuInput } from '@image-studio/contract';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openWorkerFixture, type WorkerFixture } from '../testing/worker-fixture.ts';

const OLD = 'gemini-nano-banana-2.1';
const NEW = 'gemini-3-pro-image';
const COUNT = 12;
const soon = { timeoutMs: 60_000 };

let redis: TestRedis;
let supplier: Supplier;
let gemini: GeminiStandIn;
let studio: WorkerFixture;
let photos: Buffer[];

beforeAll(async () => {
  [redis, supplier, gemini] = await Promise.all([startTestRedis(), startSupplier(), startGeminiStandIn()]);
  photos = await Promise.all(
    Array.from({ length: COUNT }, (_, n) =>
      productPhoto({ seed: n, colour: distinctColour(n), width: 160, height: 160 }),
    ),
  );
});
beforeEach(async () => {
  await studio?.close();
  gemini.reset();
  gemini.configure({ latencyMs: 300, models: [] });
  studio = await openWorkerFixture({ redisUrl: redis.url, gemini });
});
afterAll(async () => {
  await studio.close();
  await gemini.close();
  await supplier.close();
  await redis.stop();
});

const skus = (): SkuInput[] =>
  photos.map((bytes, n) => ({ sku: `S${n}`, images: [{ url: supplier.serve(`/${n}.jpg`, bytes) }] }));
const accepted = () => gemini.stats().accepted;
/** Models that made the pictures of the batch, each once. */
const modelsOf = async (id: string) => {
  const { items } = await studio.api.skus(id, { limit: 200 });
  return new Set(items.flatMap(({ record }) => record.images.map(({ model }) => model)));
};

describe('a batch keeps what it was planned with', () => {
  test('when all workers are replaced by ones with another default model in the middle of it', async () => {
    const stop = await studio.startWorker({ GEMINI_MODEL: OLD, AI_CONCURRENCY: '2' });
    const { id } = await studio.submit(skus(), { secondary: { kinds: ['detail'] } });
    await eventually(() => expect(accepted()).toBeGreaterThanOrEqual(COUNT), soon);
    await stop();
    await studio.startWorker({ GEMINI_MODEL: NEW });
    const { counts, calls } = await studio.ended(id);
    expect(counts.failed).toBe(0);
    expect({ accepted: accepted(), made: calls.made }).toEqual({ accepted: 2 * COUNT, made: 2 * COUNT });
    expect(await modelsOf(id)).toEqual(new Set([OLD]));
  });

  test('when workers with different defaults work on it side by side', async () => {
    await studio.startWorker({ GEMINI_MODEL: OLD, AI_CONCURRENCY: '2' });
    await studio.startWorker({ GEMINI_MODEL: NEW, AI_CONCURRENCY: '2' });
    const { id } = await studio.submit(skus(), { secondary: { kinds: ['detail'] } });
    const { counts } = await studio.ended(id);
    expect(counts.failed).toBe(0);
    expect(accepted()).toBe(2 * COUNT);
  });

  test('but a model that is gone is replaced by that of today, and no picture is made twice', async () => {
    const stop = await studio.startWorker({ GEMINI_MODEL: OLD, AI_CONCURRENCY: '2' });
    const { id } = await studio.submit(skus(), { secondary: { kinds: ['detail'] } });
    await eventually(() => expect(accepted()).toBeGreaterThanOrEqual(COUNT), soon);
    await stop();
    gemini.configure({ models: [NEW] });
    await studio.startWorker({ GEMINI_MODEL: NEW });
    const { counts } = await studio.ended(id);
    expect(counts.failed).toBe(0);
    expect(accepted()).toBe(2 * COUNT);
    expect(await modelsOf(id)).toEqual(new Set([OLD, NEW]));
  });

  test('and a batch of an earlier version, which has no plan, ends all the same', async () => {
    await studio.startWorker({ GEMINI_MODEL: NEW });
    const { id } = await studio.submit(skus().slice(0, 2), {}, null);
    expect((await studio.ended(id)).counts.failed).toBe(0);
    expect(await modelsOf(id)).toEqual(new Set([NEW]));
  });
});

describe('what a tenant has paid for', () => {
  const two = () => skus().slice(0, 2);
  const callsOf = async (tenant: string, plannedFor: string | null = OLD) => {
    const { id } = await studio.submit(two(), {}, plannedFor, tenant);
    return (await studio.ended(id)).calls;
  };

  test('is its own: another tenant with the same photos buys its own pictures, and each reuses what it bought', async () => {
    await studio.startWorker();
    expect(await callsOf('acme')).toMatchObject({ made: 2, reused: 0 });
    expect(await callsOf('beta')).toMatchObject({ made: 2, reused: 0 });
    expect(await callsOf('default')).toMatchObject({ made: 2, reused: 0 });
    expect(await callsOf('acme')).toMatchObject({ made: 0, reused: 2 });
    expect(accepted()).toBe(6);
  });

  test('before tenants had ledgers of their own stays its own', async () => {
    await studio.startWorker();
    // As earlier versions submitted: no plan, one ledger for all.
    expect(await callsOf('acme', null)).toMatchObject({ made: 2, reused: 0 });
    expect(await callsOf('acme')).toMatchObject({ made: 0, reused: 2 });
    expect(await callsOf('beta')).toMatchObject({ made: 2, reused: 0 });
    expect(await callsOf('acme')).toMatchObject({ made: 0, reused: 2 });
  });
});
