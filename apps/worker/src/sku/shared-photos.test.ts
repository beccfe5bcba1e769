import type { SkuInput } from '@image-studio/contract';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openWorkerFixture, type WorkerFixture } from '../testing/worker-fixture.ts';

const NAMES = [
  'Desk lamp',
  'Coffee mug',
  'Tennis racket',
  'Wool scarf',
  'Bread knife',
  'Garden hose',
  'Wall clock',
  'Yoga mat',
];

let redis: TestRedis;
let supplier: Supplier;
let gemini: GeminiStandIn;
let studio: WorkerFixture;
let photo: Buffer;

beforeAll(async () => {
  [redis, supplier, gemini] = await Promise.all([startTestRedis(), startSupplier(), startGeminiStandIn()]);
  photo = await productPhoto({ seed: 7, colour: distinctColour(7), width: 160, height: 160 });
});
beforeEach(async () => {
  await studio?.close();
  gemini.reset();
  studio = await openWorkerFixture({ redisUrl: redis.url, gemini });
});
afterAll(async () => {
  await studio.close();
  await gemini.close();
  await supplier.close();
  await redis.stop();
});

/** One photo, at as many addresses as there are titles. */
const sharing = (titles: string[]): SkuInput[] =>
  titles.map((title, n) => ({
    sku: `S${n}`,
    images: [{ url: supplier.serve(`/no-image-${n}.jpg`, photo) }],
    attributes: { title },
  }));
/** The quota of a real project: calls wait for their slots while photos come in. */
const SLOW = { AI_CALLS_PER_MINUTE: '30' };
const held = { state: 'needsReview', record: { images: [], checks: [{ rule: 'sharedPhoto', pass: false }] } };

test('one photo under many different products waits unpaid, and one decision lets the whole group go on', async () => {
  await studio.startWorker({ ...SLOW, AI_CONCURRENCY: '1' });
  const { id } = await studio.submit(sharing(NAMES));
  const ended = await studio.ended(id);
  // Until the sixth came nobody could know: what had its slot by then is made.
  const paid = gemini.stats().accepted;
  expect(paid).toBeLessThanOrEqual(5);
  expect(ended.counts.needsReview).toBeGreaterThanOrEqual(NAMES.length - paid);
  const waiting = await studio.api.select(id, { rule: 'sharedPhoto' });
  expect(waiting).toHaveLength(NAMES.length - paid);
  expect((await studio.api.skus(id, { limit: 20, rule: 'sharedPhoto' })).items).toMatchObject(
    waiting.map(() => held),
  );
  expect((await studio.api.summary(id)).sharedPhotos).toMatchObject([
    { skus: NAMES.length, state: 'held', examples: ['S0', 'S1', 'S2'].map(() => expect.any(String)) },
  ]);

  const [{ photo: shared } = { photo: '' }] = (await studio.api.summary(id)).sharedPhotos;
  expect(await studio.api.select(id, { photo: shared, rule: 'sharedPhoto' })).toEqual(waiting);
  const [first = 0] = waiting;
  const group = await studio.api.sharers(id, [first], { allow: true });
  expect(group).toEqual(NAMES.map((_, n) => n));
  await studio.api.review(id, waiting, { decision: 'approve', planned: ['main'] });
  const { counts } = await eventually(
    async () => {
      const batch = await studio.ended(id);
      expect(await studio.api.select(id, { rule: 'sharedPhoto' })).toEqual([]);
      return batch;
    },
    { timeoutMs: 80_000 },
  );
  expect(counts.failed).toBe(0);
  expect(gemini.stats().accepted).toBe(NAMES.length);
  expect((await studio.api.summary(id)).sharedPhotos).toMatchObject([{ state: 'allowed' }]);
}, 120_000);

test('a rejected group fails unpaid, and the rejection can be taken back', async () => {
  await studio.startWorker(SLOW);
  const { id } = await studio.submit(sharing(NAMES));
  await studio.ended(id);
  const paid = gemini.stats().accepted;
  const waiting = await studio.api.select(id, { rule: 'sharedPhoto' });
  await studio.api.review(id, waiting, { decision: 'reject', planned: ['main'], rule: 'sharedPhoto' });
  expect((await studio.api.batch(id))?.counts.failed).toBe(waiting.length);
  await studio.api.review(id, waiting, { decision: 'undo', planned: ['main'], rule: 'sharedPhoto' });
  expect((await studio.api.batch(id))?.counts).toMatchObject({ failed: 0 });
  expect(await studio.api.select(id, { rule: 'sharedPhoto', state: 'needsReview' })).toEqual(waiting);
  expect(gemini.stats().accepted).toBe(paid);
});

test('sizes of one shirt share their photo and one call each title', async () => {
  await studio.startWorker();
  const sizes = ['XS', 'S', 'M', 'L', 'XL', 'XXL', '3XL'].map((size) => `Cotton T-shirt crew neck, ${size}`);
  const { id } = await studio.submit(sharing(sizes));
  expect((await studio.ended(id)).counts.failed).toBe(0);
  expect(await studio.api.select(id, { rule: 'sharedPhoto' })).toEqual([]);
  expect((await studio.api.summary(id)).sharedPhotos).toMatchObject([{ skus: sizes.length, state: 'fine' }]);
});

test('a batch may turn the question off', async () => {
  await studio.startWorker();
  const { id } = await studio.submit(sharing(NAMES), { sharedPhotos: 'allow' });
  expect((await studio.ended(id)).counts.failed).toBe(0);
  expect(gemini.stats().accepted).toBe(NAMES.length);
});

test('different photos are no question', async () => {
  await studio.startWorker();
  const skus = await Promise.all(
    NAMES.map(async (title, n) => {
      const bytes = await productPhoto({ seed: n, colour: distinctColour(n), width: 160, height: 160 });
      return {
        sku: `S${n}`,
        images: [{ url: supplier.serve(`/own-${n}.jpg`, bytes) }],
        attributes: { title },
      };
    }),
  );
  const { id } = await studio.submit(skus);
  await studio.ended(id);
  expect((await studio.api.summary(id)).sharedPhotos).toEqual([]);
  expect(gemini.stats().accepted).toBe(NAMES.length);
});
