import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageRecord, SkuInput } from '@image-studio/contract';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openWorkerFixture, type WorkerFixture } from './worker-fixture.ts';

let redis: TestRedis;
let supplier: Supplier;
let gemini: GeminiStandIn;
let studio: WorkerFixture;

beforeAll(async () => {
  [redis, supplier, gemini] = await Promise.all([startTestRedis(), startSupplier(), startGeminiStandIn()]);
});
afterAll(async () => {
  await gemini.close();
  await supplier.close();
  await redis.stop();
});
beforeEach(async () => {
  gemini.configure({ latencyMs: 0, models: [], fillRatio: 0.6 });
  gemini.reset();
  studio = await openWorkerFixture({ redisUrl: redis.url, gemini });
  await studio.startWorker();
});
afterEach(() => studio.close());

async function aSku(n: number): Promise<SkuInput> {
  const bytes = await productPhoto({ seed: n, colour: distinctColour(n), width: 160, height: 160 });
  return { sku: `S${n}`, images: [{ url: supplier.serve(`/${n}.jpg`, bytes) }] };
}

/** The SKU's only picture once it is of that round and the batch has ended. */
function pictureOfRound(id: string, sku: string, round: number): Promise<ImageRecord> {
  return eventually(
    async () => {
      expect((await studio.api.batch(id))?.finishedAt).not.toBeNull();
      const [image, ...others] = (await studio.api.sku(id, sku))?.record.images ?? [];
      expect(image).toMatchObject({ round });
      expect(others).toEqual([]);
      return image as ImageRecord;
    },
    { timeoutMs: 15_000 },
  );
}

const regenerate = { decision: 'regenerate', planned: ['main'] } as const;

describe('another picture', () => {
  test("with a reviewer's words is one more paid call, and takes the place of the old one", async () => {
    const { id } = await studio.submit([await aSku(1), await aSku(2)]);
    await studio.ended(id);
    const before = await pictureOfRound(id, 'S1', 0);
    const bytesBefore = await readFile(join(studio.folder, before.key));
    expect(gemini.stats().accepted).toBe(2);

    gemini.configure({ fillRatio: 0.4 });
    const order = { ...regenerate, prompt: 'Put it on grey marble.' };
    await studio.api.review(id, [0], order);
    await studio.api.review(id, [0], order);
    const after = await pictureOfRound(id, 'S1', 1);

    expect(gemini.stats().accepted).toBe(3);
    expect(JSON.stringify(gemini.bodies().at(-1))).toContain('Put it on grey marble.');
    // The demand to keep the product goes with every text; what is recorded is what was sent.
    expect(after.prompt).toMatch(/^Put it on grey marble\.\nKeep the product exactly as it is/);
    expect(after.key).not.toBe(before.key);
    expect(await readFile(join(studio.folder, after.key))).not.toEqual(bytesBefore);
    const batch = await studio.ended(id);
    expect(batch.calls).toEqual({ made: 3, reused: 0, failed: 0 });
    expect(batch.images).toEqual({ expected: 2, done: 2 });
    expect(batch.costUsd).toBeCloseTo(gemini.stats().billedUsd, 4);
    expect((await studio.api.sku(id, 'S2'))?.record.images).toMatchObject([{ round: 0 }]);
  });

  test('is made when a rejected one is tried again', async () => {
    const { id } = await studio.submit([await aSku(3)]);
    await studio.ended(id);
    await studio.api.review(id, [0], { decision: 'reject', planned: ['main'] });
    expect(await studio.ended(id)).toMatchObject({ status: 'failed', counts: { failed: 1 } });
    await studio.api.retry(id, { reason: 'CHECK_FAILED' });
    expect((await pictureOfRound(id, 'S3', 1)).review).toBeUndefined();
    expect(await studio.ended(id)).toMatchObject({ counts: { failed: 0 }, calls: { made: 2 } });
  });

  test('waits when the batch may not cost more, and is made when it may', async () => {
    const { id } = await studio.submit([await aSku(4)], { budgetUsd: 0.15 });
    const { costUsd } = await studio.ended(id);
    await studio.api.setBudget(id, costUsd + 0.001);
    await studio.api.review(id, [0], regenerate);
    await eventually(async () =>
      expect(await studio.api.batch(id)).toMatchObject({ status: 'paused', pausedFor: 'budget' }),
    );
    expect(gemini.stats().accepted).toBe(1);
    await studio.api.setBudget(id, null);
    await pictureOfRound(id, 'S4', 1);
    expect(gemini.stats().accepted).toBe(2);
  });

  test('that cannot be made leaves the old one to a person', async () => {
    const { id } = await studio.submit([await aSku(5)]);
    await studio.ended(id);
    await studio.api.review(id, [0], { ...regenerate, prompt: 'Edit this photo. [[fault:imageSafety]]' });
    await eventually(async () => {
      const entry = await studio.api.sku(id, 'S5');
      expect(entry).toMatchObject({ state: 'needsReview', record: { images: [{ round: 0 }] } });
    });
    await studio.api.review(id, [0], { decision: 'approve', planned: ['main'] });
    expect(await studio.ended(id)).toMatchObject({ counts: { completed: 1, needsReview: 0 } });
  });
});
