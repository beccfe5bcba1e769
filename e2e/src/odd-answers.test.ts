import type { BatchView, SkuView } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { READABLE_SHAPES, UNREADABLE_SHAPES } from '@image-studio/testkit/gemini-stand-in-shapes';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ONE_CHILD } from './world.ts';

let gemini: GeminiStandIn;
let supplier: Supplier;
let studio: Deployment;

beforeEach(async () => {
  gemini = await startGeminiStandIn({ latencyMs: 50 });
  supplier = await startSupplier();
  studio = await deploy({
    workers: 2,
    env: {
      ...ONE_CHILD,
      GEMINI_API_KEY: gemini.apiKey,
      GEMINI_BASE_URL: gemini.baseUrl,
      AI_CALLS_PER_MINUTE: '3000',
      AI_RETRY_BASE_MS: '100',
    },
  });
});
afterEach(async () => {
  await studio.close();
  await supplier.close();
  await gemini.close();
});

/** What the model answers to every call of a SKU, and how many calls that may cost. */
const MOST_CALLS: Record<string, number> = Object.fromEntries([
  ...[...READABLE_SHAPES, ...UNREADABLE_SHAPES, 'endless', 'hugeUsage'].map((name) => [name, 1]),
  ...['truncated', 'reset', 'gatewayTimeout', 'badJson', 'empty', 'corrupt'].map((name) => [name, 2]),
  ...['imageSafety', 'recitation', 'other', 'blockedPrompt', 'e400'].map((name) => [name, 2]),
]);

test('whatever the model answers, no slot costs more than two calls, and one where more would not help', async () => {
  const skus = await Promise.all(
    Object.keys(MOST_CALLS).map(async (sku, n) => {
      const photo = await productPhoto({ seed: n, colour: distinctColour(n), width: 160, height: 160 });
      const images = [{ url: supplier.serve(`/${n}.jpg`, photo) }];
      return { sku, images, attributes: { fault: `[[fault:${sku}]]` } };
    }),
  );
  const answer = await studio.post('/api/v1/batches', {
    skus,
    main: { prompt: 'Edit. {{fault}}' },
    output: { width: 200, height: 200, format: 'jpeg' },
  });
  expect(answer.status).toBe(202);
  const { id } = (await answer.json()) as BatchView;
  const batch = await eventually(
    async () => {
      const found = (await (await studio.get(`/api/v1/batches/${id}`)).json()) as BatchView;
      if (found.finishedAt === null) throw new Error(JSON.stringify(found.counts));
      return found;
    },
    { timeoutMs: 120_000, intervalMs: 200 },
  );
  expect(gemini.stats().faults).toEqual(MOST_CALLS);
  expect(batch.calls.made).toBe(gemini.stats().accepted);
  const { items } = (await (await studio.get(`/api/v1/batches/${id}/skus?limit=200`)).json()) as {
    items: SkuView[];
  };
  const made = items.filter(({ state }) => state !== 'failed').map(({ sku }) => sku);
  expect(made.sort()).toEqual([...READABLE_SHAPES, 'hugeUsage'].sort());
  const { messages } = (await (await studio.get('/api/v1/quota')).json()) as { messages: { code: string }[] };
  expect(messages.map(({ code }) => code)).toContain('MODEL_ANSWER_UNREADABLE');
});
