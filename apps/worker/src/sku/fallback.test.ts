import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_POOL, type SkuInput } from '@image-studio/contract';
import { geminiTraits, type PlannableModel } from '@image-studio/planning';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openWorkerFixture, type WorkerFixture } from '../testing/worker-fixture.ts';

const COUNT = 8;
/** On a machine that is busy with other tests. */
const SLOW = 240_000;
/** What a 429 asks for: several times as long as a pool has to be in trouble before its calls go elsewhere. */
const RETRY_AFTER_SECONDS = 2;
const FALLBACK_AFTER_MS = 500;
const FIRST = 'gemini-nano-banana-2.1';
const SECOND = 'gemini-3-pro-image';

let redis: TestRedis;
let supplier: Supplier;
let first: GeminiStandIn;
let second: GeminiStandIn;
let studio: WorkerFixture;
let photos: Buffer[];

beforeAll(async () => {
  [redis, supplier, first, second] = await Promise.all([
    startTestRedis(),
    startSupplier(),
    startGeminiStandIn(),
    startGeminiStandIn(),
  ]);
  photos = await Promise.all(
    Array.from({ length: COUNT }, (_, n) =>
      productPhoto({ seed: n, colour: distinctColour(n), width: 160, height: 160 }),
    ),
  );
});
beforeEach(async () => {
  await studio?.close();
  for (const gemini of [first, second]) {
    gemini.reset();
    gemini.configure({ latencyMs: 30, faults: {}, models: [], retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
  studio = await openWorkerFixture({ redisUrl: redis.url, gemini: first, pools: ['second'] });
});
afterAll(async () => {
  await studio.close();
  await Promise.all([first.close(), second.close(), supplier.close()]);
  await redis.stop();
});

const models: PlannableModel[] = [
  { alias: 'first', pool: DEFAULT_POOL, traits: geminiTraits(FIRST) },
  { alias: 'second', pool: 'second', traits: geminiTraits(SECOND) },
];
const skus = (count = COUNT): SkuInput[] =>
  photos
    .slice(0, count)
    .map((bytes, n) => ({ sku: `S${n}`, images: [{ url: supplier.serve(`/${n}.jpg`, bytes) }] }));

const catalogue = (callsPerMinute: number) =>
  JSON.stringify({
    second: {
      provider: 'gemini',
      model: SECOND,
      baseUrl: second.baseUrl,
      keyVariable: 'SECOND_KEY',
      callsPerMinute,
    },
  });

/** A worker that has both models, or only the second one beside a default that makes no calls here. */
const startWorker = (env: Record<string, string> = {}) =>
  studio.startWorker({
    SECOND_KEY: second.apiKey,
    FALLBACK_AFTER_MS: String(FALLBACK_AFTER_MS),
    STUDIO_MODELS: catalogue(6000),
    ...env,
  });
const recordsOf = async (id: string) =>
  (await studio.api.skus(id, { limit: 200 })).items.map(({ record }) => record);
const madeBy = async (id: string) =>
  (await recordsOf(id)).flatMap(({ images }) => images.map(({ model }) => model));
const routesOf = async (id: string) => (await recordsOf(id)).flatMap(({ routes }) => routes?.main ?? []);
const duplicates = () => first.stats().duplicates + second.stats().duplicates;

describe('a picture goes to the next model of its batch', () => {
  test(
    'when the first is down: also the calls that wait in its queue, and nothing is bought twice',
    async () => {
      first.configure({ faults: { e503: 1 } });
      await startWorker();
      const { id } = await studio.submitModels(models, skus());
      const { counts, calls, costUsd } = await studio.ended(id, SLOW / 2);
      expect(counts).toMatchObject({ completed: COUNT, failed: 0 });
      expect(await madeBy(id)).toEqual(Array(COUNT).fill(SECOND));
      expect(first.stats().pictures).toBe(0);
      expect(second.stats().pictures).toBe(calls.made - calls.failed);
      expect(duplicates()).toBe(0);
      const steps = await routesOf(id);
      expect(steps.filter(({ round }) => round === 0)).toHaveLength(COUNT);
      expect(steps[0]).toMatchObject({ from: 'first', to: 'second', why: 'down', round: 0 });
      // The price of the model that made them.
      expect(costUsd).toBeGreaterThan(COUNT * 0.1);
    },
    SLOW,
  );

  test(
    'and after its recovery those that still wait for the next one are its own again',
    async () => {
      first.configure({ faults: { e503: 1 } });
      // The next one makes few.
      await startWorker({ STUDIO_MODELS: catalogue(4) });
      const { id } = await studio.submitModels(models, skus());
      await eventually(() => expect(second.stats().accepted).toBeGreaterThan(0), { timeoutMs: 60_000 });
      first.configure({ faults: {} });
      const { calls } = await studio.ended(id, SLOW / 2);
      expect(first.stats().pictures).toBeGreaterThan(COUNT / 2);
      expect(first.stats().pictures + second.stats().pictures).toBe(calls.made - calls.failed);
      expect(duplicates()).toBe(0);
      const back = (await routesOf(id)).filter(({ why }) => why === 'recovered');
      expect(back[0]).toMatchObject({ from: 'second', to: 'first' });
    },
    SLOW,
  );

  test(
    'when it has used up its day',
    async () => {
      await startWorker({ AI_CALLS_PER_DAY: '5' });
      const { id } = await studio.submitModels(models, skus());
      const { counts, calls } = await studio.ended(id, SLOW / 2);
      expect(counts.completed).toBe(COUNT);
      expect([first.stats().accepted, second.stats().pictures]).toEqual([5, calls.made - 5]);
      expect(new Set((await routesOf(id)).map(({ why }) => why))).toEqual(new Set(['dayLimit']));
    },
    SLOW,
  );

  test.each(['e429Day', 'e429Spend'] as const)(
    'when the provider says %s',
    async (fault) => {
      first.configure({ faults: { [fault]: 1 } });
      await startWorker();
      const { id } = await studio.submitModels(models, skus(4));
      expect((await studio.ended(id, SLOW / 2)).counts.completed).toBe(4);
      expect(await madeBy(id)).toEqual(Array(4).fill(SECOND));
    },
    SLOW,
  );

  test(
    'when its key is wrong',
    async () => {
      await startWorker({ GEMINI_API_KEY: 'wrong-key-of-sixteen' });
      const { id } = await studio.submitModels(models, skus(4));
      expect((await studio.ended(id, SLOW / 2)).counts.completed).toBe(4);
      expect((await routesOf(id)).map(({ why }) => why)).toEqual(Array(4).fill('misconfigured'));
    },
    SLOW,
  );

  test(
    'when no worker has it any more',
    async () => {
      const gone = { alias: 'gone', pool: 'gone', traits: geminiTraits(FIRST) };
      await startWorker();
      const { id } = await studio.submitModels([gone, ...models.slice(1)], skus(4));
      expect((await studio.ended(id, SLOW / 2)).counts.completed).toBe(4);
      expect((await routesOf(id)).map(({ from, why }) => `${from} ${why}`)).toEqual(
        Array(4).fill('gone unserved'),
      );
    },
    SLOW,
  );

  test(
    'once, when it refuses the picture; a second refusal is final until somebody wants it tried again',
    async () => {
      first.configure({ faults: { imageSafety: 1 } });
      await startWorker();
      const moved = await studio.submitModels(models, skus(2));
      expect((await studio.ended(moved.id, SLOW / 2)).counts.completed).toBe(2);
      expect((await routesOf(moved.id)).map(({ why }) => why)).toEqual(['refused', 'refused']);

      second.configure({ faults: { imageSafety: 1 } });
      const third = { alias: 'third', pool: 'third', traits: geminiTraits('gemini-2.5-flash-image') };
      const refused = await studio.submitModels([...models, third], skus(2), { temperature: 1 });
      expect((await studio.ended(refused.id, SLOW / 2)).counts.failed).toBe(2);
      const [record] = await recordsOf(refused.id);
      expect(record?.failure?.code).toBe('MODEL_REFUSED');
      first.configure({ faults: {} });
      await studio.api.retry(refused.id, {});
      expect((await studio.ended(refused.id, SLOW / 2)).counts.completed).toBe(2);
      expect(await madeBy(refused.id)).toEqual([FIRST, FIRST]);
      expect((await routesOf(refused.id)).map(({ why }) => why)).toEqual([
        'refused',
        'retried',
        'refused',
        'retried',
      ]);
    },
    SLOW,
  );
});

describe('while pictures go to the next model', () => {
  test(
    'a budget holds, at the price of the model that makes them, and goes on where it is raised',
    async () => {
      first.configure({ faults: { e503: 1 } });
      await startWorker();
      const price = geminiTraits(SECOND).estimateUsd({ model: SECOND, imageSize: '1K', inputs: [{}] });
      const { id } = await studio.submitModels(models, skus(), { budgetUsd: 3.5 * price });
      await eventually(async () => expect((await studio.api.batch(id))?.pausedFor).toBe('budget'), {
        timeoutMs: SLOW / 2,
      });
      await eventually(() => expect(second.stats().onTheWire).toBe(0));
      const before = second.stats();
      expect((await studio.api.batch(id))?.costUsd).toBeLessThanOrEqual(3.5 * price);
      expect(before.pictures).toBeGreaterThanOrEqual(2);
      await studio.api.setBudget(id, 100);
      const { counts, calls } = await studio.ended(id, SLOW / 2);
      expect(counts).toMatchObject({ total: COUNT, failed: 0 });
      expect([second.stats().pictures, duplicates()]).toEqual([calls.made - calls.failed, 0]);
    },
    SLOW,
  );

  test(
    'a cancel ends it: no call is made of either any more, and none waits',
    async () => {
      first.configure({ faults: { e503: 1 } });
      await startWorker({ STUDIO_MODELS: catalogue(20) });
      const { id } = await studio.submitModels(models, skus());
      await eventually(() => expect(second.stats().accepted).toBeGreaterThan(0), { timeoutMs: SLOW / 2 });
      await studio.api.cancel(id);
      const { counts } = await studio.ended(id);
      expect(counts.cancelled + counts.completed + counts.needsReview).toBe(COUNT);
      expect(counts.cancelled).toBeGreaterThan(0);
      await eventually(() => expect(second.stats().onTheWire).toBe(0));
      const asked = [first.stats().accepted, second.stats().accepted];
      await eventually(async () => {
        const { ai, 'ai-second': next } = await studio.api.queueCounts();
        for (const counts of [ai, next])
          expect(counts).toMatchObject({ prioritized: 0, wait: 0, delayed: 0, active: 0 });
      });
      // Longer than the next call would take to come.
      await sleep(4000);
      expect([first.stats().accepted, second.stats().accepted]).toEqual(asked);
      expect(duplicates()).toBe(0);
    },
    SLOW,
  );

  test(
    'another picture that a person wants is made by the next model as long as the first is gone, and by the first afterwards',
    async () => {
      first.configure({ models: ['another'] });
      await startWorker();
      const { id } = await studio.submitModels(models, skus(3));
      await studio.ended(id, SLOW / 2);
      const words = { prompt: 'A little larger.' };
      const order = { decision: 'regenerate', planned: ['main'], isAwaited: true, ...words } as const;
      const again = (index: number) => studio.api.review(id, [index], order);
      expect(await again(0)).toMatchObject([{ verdict: 'done' }]);
      await studio.ended(id, SLOW / 2);
      expect(first.stats().pictures).toBe(0);
      first.configure({ models: [] });
      // Finds that the model is there, which the others know a moment later.
      await startWorker();
      await eventually(async () => expect(await studio.api.operatorMessages()).toEqual([]));
      await sleep(500);
      expect(await again(1)).toMatchObject([{ verdict: 'done' }]);
      const { counts, calls } = await studio.ended(id, SLOW / 2);
      expect(counts).toMatchObject({ total: 3, failed: 0 });
      expect((await madeBy(id)).slice(0, 2)).toEqual([SECOND, FIRST]);
      expect(first.stats().pictures + second.stats().pictures).toBe(calls.made - calls.failed);
      expect(duplicates()).toBe(0);
    },
    SLOW,
  );
});

describe('a picture stays with its model', () => {
  test(
    'at a 429 per minute, and at a request that we have made badly',
    async () => {
      first.configure({ faults: { e429: 0.3 } });
      await startWorker();
      const { id } = await studio.submitModels(models, skus(6));
      expect((await studio.ended(id, SLOW / 2)).counts.completed).toBe(6);
      first.configure({ faults: { e400: 1 } });
      const bad = await studio.submitModels(models, skus(2), { temperature: 1 });
      expect((await studio.ended(bad.id, SLOW / 2)).counts.failed).toBe(2);
      expect(second.stats().requests).toBe(0);
    },
    SLOW,
  );

  test(
    'when the other one takes fewer photos than the call has',
    async () => {
      first.configure({ faults: { imageSafety: 1 } });
      await startWorker();
      const one = {
        ...models[1],
        traits: {
          ...geminiTraits(SECOND),
          capabilities: () => ({ ...geminiTraits(SECOND).capabilities(SECOND), maxInputImages: 1 }),
        },
      } as PlannableModel;
      const two = skus(2).map((sku, n) => ({
        ...sku,
        images: [...sku.images, { url: supplier.serve(`/more-${n}.jpg`, photos[4 + n] as Buffer) }],
      }));
      const { id } = await studio.submitModels([models[0] as PlannableModel, one], two, {
        main: false,
        secondary: { kinds: ['detail'] },
      });
      expect((await studio.ended(id, SLOW / 2)).counts.failed).toBe(2);
      expect(second.stats().requests).toBe(0);
    },
    SLOW,
  );

  test(
    'that is paid for, whoever of the models has made it',
    async () => {
      first.configure({ faults: { imageSafety: 1 } });
      await startWorker();
      const before = await studio.submitModels(models, skus(3));
      await studio.ended(before.id, SLOW / 2);
      first.configure({ faults: {} });
      const again = await studio.submitModels(models, skus(3));
      expect((await studio.ended(again.id, SLOW / 2)).calls).toMatchObject({ made: 0, reused: 3 });
      const other = await studio.submitModels([...models].reverse(), skus(3));
      expect((await studio.ended(other.id, SLOW / 2)).calls).toMatchObject({ made: 0, reused: 3 });
    },
    SLOW,
  );
});
