import type { BatchView, SkuView } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ONE_CHILD } from './world.ts';

const SKUS = 120;
/**
 * A quarter of all calls fails, one in eleven so that a picture may have been bought: the second of those ends a SKU, for a person
 * to retry. More than half of those say that the model is unwell, far too few for the breaker.
 */
const FAULTS = {
  e500: 0.03,
  e502: 0.03,
  e503: 0.04,
  e504: 0.01,
  e499: 0.01,
  reset: 0.03,
  truncated: 0.03,
  noImage: 0.02,
  textOnly: 0.02,
  empty: 0.01,
  badJson: 0.01,
  corrupt: 0.01,
};

let gemini: GeminiStandIn;
let supplier: Supplier;
let studio: Deployment;

beforeEach(async () => {
  gemini = await startGeminiStandIn({
    latencyMs: 100,
    side: 256,
    faults: FAULTS,
    seed: 7,
    callsPerWindow: 3000,
    tenths: true,
  });
  supplier = await startSupplier();
  studio = await deploy({
    workers: 2,
    env: {
      ...ONE_CHILD,
      GEMINI_API_KEY: gemini.apiKey,
      GEMINI_BASE_URL: gemini.baseUrl,
      AI_CALLS_PER_MINUTE: '3000',
      AI_RETRY_BASE_MS: '200',
    },
  });
});

afterEach(async () => {
  await studio.close();
  await supplier.close();
  await gemini.close();
});

test('a quarter of all calls failing, in every way there is, fails no SKU but for money, and the books balance', async () => {
  const skus = [];
  for (let n = 0; n < SKUS; n += 1) {
    const photo = await productPhoto({ seed: n, colour: distinctColour(n), width: 160, height: 160 });
    skus.push({ sku: `S${n}`, images: [{ url: supplier.serve(`/${n}.jpg`, photo) }] });
  }
  const output = { width: 200, height: 200, format: 'jpeg' };
  const answer = await studio.post('/api/v1/batches', { skus, output });
  expect(answer.status).toBe(202);
  const { id } = (await answer.json()) as BatchView;
  const batch = await eventually(
    async () => {
      const found = (await (await studio.get(`/api/v1/batches/${id}`)).json()) as BatchView;
      if (found.finishedAt === null) throw new Error(JSON.stringify(found.counts));
      return found;
    },
    { timeoutMs: 150_000, intervalMs: 200 },
  );

  const { counts, calls, images } = batch;
  const answered = await (await studio.get(`/api/v1/batches/${id}/skus?state=failed&limit=200`)).json();
  const failures = (answered as { items: SkuView[] }).items.map(({ failure }) => failure?.message ?? '');
  expect(
    failures.filter((message) => !/asked 2 times, each of which may have been charged/.test(message)),
  ).toEqual([]);
  const made = SKUS - failures.length;
  expect(failures.length).toBeLessThan(SKUS / 12);
  expect(counts.completed + counts.needsReview).toBe(made);
  expect(images).toEqual({ expected: SKUS, done: made });

  const stats = gemini.stats();
  expect(calls.made).toBe(stats.accepted + stats.rateLimited);
  expect(calls.made - calls.failed).toBe(made);
  expect(calls.reused).toBe(0);
  const faults = Object.values(stats.faults).reduce((sum, count) => sum + count, 0);
  expect(calls.failed).toBe(faults + stats.rateLimited);
  expect(faults).toBeGreaterThan(SKUS / 6);
  expect(stats.rateLimited).toBe(0);
  // A picture that broke off on the way, or that could not be decoded, has to be bought again: nothing else is.
  const { truncated = 0, corrupt = 0 } = stats.faults;
  expect(stats.pictures).toBe(made + truncated + corrupt);
});
