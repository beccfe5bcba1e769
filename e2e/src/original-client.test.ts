import type { OriginalJobStatus } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { measure } from './measure.ts';

const SKUS = 12;

let gemini: GeminiStandIn;
let supplier: Supplier;
let studio: Deployment;

beforeAll(async () => {
  gemini = await startGeminiStandIn({ latencyMs: 200 });
  supplier = await startSupplier();
  for (let n = 0; n < SKUS; n += 1) {
    const colour = distinctColour(n);
    supplier.serve(`/${n}/a_side.jpg`, await productPhoto({ seed: n, colour: distinctColour(n + 100) }));
    supplier.serve(`/${n}/b_main.jpg`, await productPhoto({ seed: n, colour }));
  }
  studio = await deploy({
    workers: 2,
    env: { GEMINI_API_KEY: gemini.apiKey, GEMINI_BASE_URL: gemini.baseUrl, AI_CALLS_PER_MINUTE: '600' },
  });
});

afterAll(async () => {
  await studio?.close();
  await supplier?.close();
  await gemini?.close();
});

describe("the original client's job of 12 SKUs with 2 photos each", () => {
  let status: OriginalJobStatus;

  test('runs to its end on two workers', async () => {
    const photos = (n: number) =>
      ['a_side', 'b_main'].map((stem) => ({
        url: `${supplier.origin}/${n}/${stem}.jpg`,
        name: `${stem}.jpg`,
        stem,
      }));
    const answer = await studio.post('/api/v1/image-studio/jobs', {
      mode: 'batch_series_generate',
      sku: '__batch__',
      options: {
        sku_images_map: Object.fromEntries(Array.from({ length: SKUS }, (_, n) => [`SKU-${n}`, photos(n)])),
        max_workers_main: 8,
        do_main: true,
        do_secondary: false,
        target_width: 800,
        target_height: 800,
        output_format: 'webp',
        temperature: 0.4,
        use_english: true,
      },
    });
    expect(answer.status).toBe(200);
    const { jobId, hasData } = (await answer.json()) as { jobId: string; hasData: boolean };
    expect(hasData).toBe(true);
    status = await eventually(
      async () => {
        const body = (await (
          await studio.get(`/api/v1/image-studio/jobs/${jobId}/status`)
        ).json()) as OriginalJobStatus;
        if (body.status !== 'completed') throw new Error(JSON.stringify(body.progress));
        return body;
      },
      { timeoutMs: 120_000, intervalMs: 250 },
    );
    expect(status.progress).toMatchObject({ current: SKUS, total: SKUS, percentage: 100 });
    expect(status.result.items.filter(({ ok }) => ok)).toHaveLength(SKUS);
  });

  test('makes exactly one call per SKU, and none twice', () => {
    const { accepted, pictures, duplicates, rateLimited } = gemini.stats();
    expect({ accepted, pictures, duplicates, rateLimited }).toEqual({
      accepted: SKUS,
      pictures: SKUS,
      duplicates: 0,
      rateLimited: 0,
    });
  });

  test('downloads only the main photo, once', () => {
    for (let n = 0; n < SKUS; n += 1) {
      expect(supplier.hits(`/${n}/b_main.jpg`)).toBe(1);
      expect(supplier.hits(`/${n}/a_side.jpg`)).toBe(0);
    }
  });

  test('gives every SKU its own product, on pure white, at the asked size, with true metadata', async () => {
    for (const item of status.result.items) {
      const data = Buffer.from(await (await fetch(item.result_url ?? '')).arrayBuffer());
      const picture = await measure(data);
      expect(item.metadata).toEqual({ width: 800, height: 800, size_bytes: data.length });
      expect(picture).toMatchObject({ width: 800, height: 800, format: 'webp', borderWhite: 1 });
      expect(picture.fill).toBeGreaterThanOrEqual(0.8);
      expect(picture.fill).toBeLessThanOrEqual(0.95);
      const { r, g, b } = distinctColour(Number(item.sku.replace('SKU-', '')));
      const distance = Math.hypot(picture.colour[0] - r, picture.colour[1] - g, picture.colour[2] - b);
      expect({ sku: item.sku, isItsOwn: distance < 40 }).toEqual({ sku: item.sku, isItsOwn: true });
      expect(item.result_url).toMatch(/\/image-studio\/SKU-\d+\/b_main_[\w-]+\.webp/);
    }
  });

  test('submitted again makes no call and says reused', async () => {
    const before = gemini.stats().accepted;
    const skus = Array.from({ length: SKUS }, (_, n) => ({
      sku: `SKU-${n}`,
      images: [{ url: `${supplier.origin}/${n}/b_main.jpg` }],
    }));
    const request = { skus, temperature: 0.4, output: { width: 800, height: 800, format: 'webp' } };
    const quoted = await (await studio.post('/api/v1/batches/quote', request)).json();
    expect(quoted).toMatchObject({ calls: 0, reused: SKUS, costUsd: { low: 0, high: 0 } });
    const dearer = await (
      await studio.post('/api/v1/batches/quote', { ...request, temperature: 0.5 })
    ).json();
    expect(dearer).toMatchObject({ calls: SKUS, reused: 0 });
    expect((dearer as { costUsd: { low: number } }).costUsd.low).toBeGreaterThan(SKUS * 0.03);
    const answer = await studio.post('/api/v1/batches', request);
    const { id } = (await answer.json()) as { id: string };
    const batch = await eventually(
      async () => {
        const body = await (await studio.get(`/api/v1/batches/${id}`)).json();
        if ((body as { finishedAt: unknown }).finishedAt === null) throw new Error('still running');
        return body;
      },
      { timeoutMs: 60_000 },
    );
    expect(batch).toMatchObject({
      status: 'completed',
      calls: { made: 0, reused: SKUS, failed: 0 },
      costUsd: 0,
    });
    expect(gemini.stats().accepted).toBe(before);
  });
});
