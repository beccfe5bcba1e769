import type { BatchView } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { type Deployment, deploy, startProcess } from '@image-studio/testkit/deployment';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

let gemini: GeminiStandIn;
let supplier: Supplier;
let studio: Deployment;

beforeEach(async () => {
  gemini = await startGeminiStandIn({ latencyMs: 600 });
  supplier = await startSupplier();
  studio = await deploy({
    workers: 2,
    env: {
      GEMINI_API_KEY: gemini.apiKey,
      GEMINI_BASE_URL: gemini.baseUrl,
      AI_CALLS_PER_MINUTE: '600',
      JOB_LOCK_MS: '3000',
      AI_CONCURRENCY: '4',
    },
  });
});

afterEach(async () => {
  await studio.close();
  await supplier.close();
  await gemini.close();
});

async function submit(count: number): Promise<string> {
  const skus = [];
  for (let n = 0; n < count; n += 1) {
    const photo = await productPhoto({ seed: n, colour: distinctColour(n), width: 400, height: 400 });
    skus.push({ sku: `S${n}`, images: [{ url: supplier.serve(`/${n}.jpg`, photo) }] });
  }
  const output = { width: 400, height: 400, format: 'jpeg' };
  const answer = await studio.post('/api/v1/batches', { skus, output });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { id: string }).id;
}

async function batchOf(id: string): Promise<BatchView> {
  const answer = await studio.get(`/api/v1/batches/${id}`);
  if (!answer.ok) throw new Error(`the API answers ${answer.status}`);
  return (await answer.json()) as BatchView;
}

const ended = (id: string) =>
  eventually(
    async () => {
      const batch = await batchOf(id);
      if (batch.finishedAt === null) throw new Error(JSON.stringify(batch.counts));
      return batch;
    },
    { timeoutMs: 90_000, intervalMs: 200 },
  );

test('a worker told to stop finishes or hands back what it holds, exits 0, and another one goes on', async () => {
  const id = await submit(20);
  await eventually(async () => expect((await batchOf(id)).counts.active).toBeGreaterThan(2), {
    timeoutMs: 60_000,
  });
  expect(await studio.workers[0]?.stop('SIGTERM')).toBe(0);
  const batch = await ended(id);
  expect(batch.counts.completed).toBe(20);
  expect(gemini.stats().duplicates).toBe(0);
});

test('bad configuration exits 78 with every fault in one message', async () => {
  for (const app of ['api', 'worker']) {
    const file = new URL(`../../apps/${app}/dist/main.js`, import.meta.url).pathname;
    const child = startProcess(file, {
      REDIS_URL: 'nonsense',
      OBJECT_STORE: 's3',
      IMAGE_MODEL: 'dall-e',
      LOG_LEVEL: 'loud',
    });
    expect(await child.stop('SIGCONT')).toBe(78);
    for (const name of ['REDIS_URL', 'S3_BUCKET', 'IMAGE_MODEL', 'LOG_LEVEL'])
      expect(child.output()).toContain(name);
  }
});
