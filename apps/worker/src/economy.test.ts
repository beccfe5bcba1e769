import { DEFAULT_POOL } from '@image-studio/contract';
import { DEFAULT_GEMINI_MODEL, geminiTraits, traitsOf } from '@image-studio/planning';
import { batchOfferName } from '@image-studio/queue';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { OPENAI_CALL_USD, startImagesStandIn } from '@image-studio/testkit/images-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openWorkerFixture, type WorkerFixture } from './testing/worker-fixture.ts';

const HOUR_MS = 1500;
const METHODS = ['generateContent', 'batchGenerateContent'];
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
  gemini.configure({ batch: { hourMs: HOUR_MS }, methods: METHODS, models: [], faults: {} });
  fixture = await openWorkerFixture({ redisUrl: redis.url, gemini });
  await fixture.startWorker({ ECONOMY_HOUR_MS: String(HOUR_MS) });
});
afterEach(() => fixture.close());
afterAll(async () => {
  await Promise.all([gemini.close(), supplier.close(), redis.stop()]);
});

let seed = 0;
async function somePhotos(count: number) {
  const skus = [];
  for (let n = 0; n < count; n += 1) {
    seed += 1;
    const photo = await productPhoto({ seed, colour: distinctColour(seed), width: 200, height: 200 });
    skus.push({ sku: `E${seed}`, images: [{ url: supplier.serve(`/${seed}.jpg`, photo) }] });
  }
  return skus;
}

const inHours = (hours: number) => ({
  lane: 'economy' as const,
  deadline: new Date(Date.now() + hours * HOUR_MS).toISOString(),
});
const submit = async (count: number, hours: number, options = {}) =>
  fixture.submit(await somePhotos(count), { ...inHours(hours), ...options });

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

  test('is made by OpenAI’s batches in the same way', async () => {
    const batch = { hourMs: HOUR_MS, lineErrors: 0.2, lostCreates: 1 };
    const openai = await startImagesStandIn({ kind: 'openai', batch });
    const offer = { provider: 'openai-images', model: 'gpt-image-2', abilities: { batches: true } };
    const gpt = { ...offer, baseUrl: openai.baseUrl, keyVariable: 'GPT_KEY', price: OPENAI_CALL_USD };
    await fixture.startWorker({
      ...{ ECONOMY_HOUR_MS: String(HOUR_MS), GPT_KEY: openai.apiKey },
      STUDIO_MODELS: JSON.stringify({ gpt: { ...gpt, callsPerMinute: 6000 } }),
    });
    const traits = traitsOf({ engine: 'openai-images', defaultModel: 'gpt-image-2', batches: true });
    const skus = await somePhotos(10);
    const { id } = await fixture.submitModels([{ alias: 'gpt', pool: 'gpt', traits }], skus, inHours(100));
    const ended = await fixture.ended(id);
    const { batches, duplicates, billedUsd, accepted } = openai.stats();
    await openai.close();
    expect(ended.counts).toMatchObject({ total: 10, failed: 0, cancelled: 0 });
    expect([duplicates, new Set(batches.map(({ name }) => name)).size]).toEqual([0, batches.length]);
    // Pictures that do not pass are asked for once more, in other words.
    const made = batches.reduce((sum, one) => sum + one.made, 0) + accepted;
    expect(ended.calls.made - ended.calls.failed).toBe(made);
    expect(ended.costUsd).toBeCloseTo(billedUsd);
  });

  test('makes its sample one by one, at once, and the rest in batches', async () => {
    const skus = await somePhotos(6);
    const { id } = await fixture.submit(skus, { ...inHours(100), sample: 2 }, undefined, 'default', [0, 3]);
    await eventually(async () => expect((await fixture.api.batch(id))?.status).toBe('paused'), {
      timeoutMs: 30_000,
    });
    expect([gemini.stats().accepted, gemini.stats().batches.length]).toEqual([2, 0]);
    await fixture.api.resume(id);
    const batch = await fixture.ended(id);
    expect(batch.counts).toMatchObject({ completed: 6 });
    const { paidTwice, accepted, batches } = gemini.stats();
    expect([paidTwice, accepted, batches.reduce((sum, { made }) => sum + made, 0)]).toEqual([0, 2, 4]);
    expect(batch.costUsd).toBeCloseTo(gemini.stats().billedUsd);
  });

  test('is refused to a model whose card says that it makes none', async () => {
    expect(await fixture.api.modelsWithoutBatches()).toEqual(new Set());
    gemini.configure({ methods: ['generateContent'] });
    await fixture.startWorker();
    await eventually(async () =>
      expect(await fixture.api.modelsWithoutBatches()).toEqual(
        new Set([batchOfferName('default', DEFAULT_GEMINI_MODEL)]),
      ),
    );
    gemini.configure({ methods: METHODS });
    await fixture.startWorker();
    await eventually(async () => expect(await fixture.api.modelsWithoutBatches()).toEqual(new Set()));
  });

  test('whose key is wrong, or becomes so while the provider works, tells an operator, and is made at half price once it is right', async () => {
    const told = async () =>
      (await fixture.api.operatorMessages()).find(({ code }) => code === 'PARCEL_REFUSED');
    const untilTold = () =>
      eventually(async () => expect((await told())?.message).toMatch(/key/), { timeoutMs: 30_000 });
    const { apiKey } = gemini;
    gemini.configure({ apiKey: 'another', batch: { hourMs: HOUR_MS, hours: 2 } });
    const { id } = await submit(3, 100);
    await untilTold();
    gemini.configure({ apiKey });
    await eventually(async () => expect(await told()).toBeUndefined(), { timeoutMs: 30_000 });
    gemini.configure({ apiKey: 'another' });
    await untilTold();
    gemini.configure({ apiKey });
    const { calls, costUsd } = await fixture.ended(id);
    expect(calls).toMatchObject({ made: 3, failed: 0 });
    expect([gemini.stats().paidTwice, gemini.stats().accepted]).toEqual([0, 0]);
    expect(costUsd).toBeCloseTo(gemini.stats().billedUsd);
    expect(await told()).toBeUndefined();
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

  test('makes a picture that a person wants anew at once, while the others are at the provider', async () => {
    const skus = await somePhotos(6);
    const { id } = await fixture.submit(skus, { ...inHours(100), sample: 2 }, undefined, 'default', [0, 3]);
    await eventually(async () => expect((await fixture.api.batch(id))?.status).toBe('paused'), {
      timeoutMs: 30_000,
    });
    gemini.configure({ batch: { hourMs: HOUR_MS, hours: 8 } });
    await fixture.api.resume(id);
    await eventually(async () => expect((await fixture.api.summary(id)).economy?.atProvider).toBe(4), {
      timeoutMs: 30_000,
    });
    const words = { prompt: 'A little larger.' };
    const order = { decision: 'regenerate', planned: ['main'], isAwaited: true, ...words } as const;
    expect(await fixture.api.review(id, [0], order)).toMatchObject([{ verdict: 'done', slots: ['main'] }]);
    await eventually(() => expect(gemini.stats().accepted).toBe(3), { timeoutMs: 30_000 });
    expect((await fixture.api.summary(id)).economy).toMatchObject({ atProvider: 4, isReleased: false });
    const batch = await fixture.ended(id);
    const { paidTwice, accepted, batches, billedUsd } = gemini.stats();
    expect(batch.counts).toMatchObject({ total: 6, failed: 0 });
    expect([paidTwice, accepted, batches.reduce((sum, { made }) => sum + made, 0)]).toEqual([0, 3, 4]);
    expect(batch.costUsd).toBeCloseTo(billedUsd);
  });
});

describe('a batch in the economy lane that names a second model', () => {
  const SECOND = 'gemini-3-pro-image';
  const models = [
    { alias: 'first', pool: DEFAULT_POOL, traits: geminiTraits(DEFAULT_GEMINI_MODEL) },
    { alias: 'second', pool: 'second', traits: geminiTraits(SECOND) },
  ];
  let second: GeminiStandIn;
  beforeEach(async () => {
    second = await startGeminiStandIn();
  });
  afterEach(() => second.close());

  const startBoth = (env: Record<string, string> = {}) =>
    fixture.startWorker({
      ...{ ECONOMY_HOUR_MS: String(HOUR_MS), FALLBACK_AFTER_MS: '500', SECOND_KEY: second.apiKey },
      STUDIO_MODELS: JSON.stringify({
        second: {
          ...{ provider: 'gemini', model: SECOND, baseUrl: second.baseUrl },
          ...{ keyVariable: 'SECOND_KEY', callsPerMinute: 6000 },
        },
      }),
      ...env,
    });
  const routes = async (id: string) =>
    (await fixture.api.skus(id, { limit: 100 })).items.flatMap(({ record }) => record.routes?.main ?? []);
  const messages = async () => (await fixture.api.operatorMessages()).map(({ code }) => code);

  test('waits for the first one, which is gone, until its release, and has the second make its pictures then', async () => {
    gemini.configure({ models: ['another'] });
    await startBoth();
    const { id } = await fixture.submitModels(models, await somePhotos(4), inHours(10));
    await eventually(async () => expect(await messages()).toContain('PARCEL_REFUSED'), { timeoutMs: 30_000 });
    expect((await fixture.api.summary(id)).economy).toMatchObject({ atProvider: 4, isReleased: false });
    expect([await routes(id), second.stats().requests]).toEqual([[], 0]);
    const batch = await fixture.ended(id);
    expect(batch.counts).toMatchObject({ total: 4, failed: 0 });
    expect((await fixture.api.summary(id)).economy).toMatchObject({ isReleased: true, atProvider: 0 });
    expect(new Set((await routes(id)).map(({ why }) => why))).toEqual(new Set(['misconfigured']));
    expect([gemini.stats().pictures, gemini.stats().batches.length]).toEqual([0, 0]);
    expect(second.stats()).toMatchObject({ pictures: batch.calls.made - batch.calls.failed, duplicates: 0 });
    // The price of the model that made them.
    expect(batch.costUsd).toBeGreaterThan(4 * 0.1);
  });

  test('goes to the second with what the first refuses, one by one, long before its release', async () => {
    gemini.configure({ faults: { imageSafety: 1 } });
    await startBoth();
    const { id } = await fixture.submitModels(models, await somePhotos(4), inHours(100));
    const batch = await fixture.ended(id);
    expect(batch.counts).toMatchObject({ total: 4, failed: 0 });
    expect((await fixture.api.summary(id)).economy).toMatchObject({ isReleased: false, parked: 0 });
    expect(new Set((await routes(id)).map(({ to, why }) => `${to} ${why}`))).toEqual(
      new Set(['second refused']),
    );
    const { pictures, duplicates, batches } = second.stats();
    expect(pictures).toBeGreaterThanOrEqual(4);
    expect([gemini.stats().pictures, duplicates, batches]).toEqual([0, 0, []]);
  });
});
