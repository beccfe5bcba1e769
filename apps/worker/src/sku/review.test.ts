import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ImageRecord, pictureVersion, type SkuInput } from '@image-studio/contract';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { openWorkerFixture, type WorkerFixture } from '../testing/worker-fixture.ts';

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

describe('an earlier picture', () => {
  test('is brought back for nothing, file and checks and words, and so is the one it takes the place of', async () => {
    const { id } = await studio.submit([await aSku(6)]);
    const { costUsd: _ } = await studio.ended(id);
    const first = await pictureOfRound(id, 'S6', 0);
    await studio.api.review(id, [0], { ...regenerate, prompt: 'On marble.' });
    const second = await pictureOfRound(id, 'S6', 1);
    const { calls, costUsd } = await studio.ended(id);
    const restore = { decision: 'restore', planned: ['main'], slot: 'main', by: 'admin 01020304' } as const;

    await studio.api.review(id, [0], { ...restore, version: pictureVersion(first) });
    const { tries, costUsd: __, review, ...back } = await pictureOfRound(id, 'S6', 0);
    expect(first).toMatchObject(back);
    expect([back.prompt, back.checks.length]).toEqual([first.prompt, first.checks.length]);
    await studio.api.review(id, [0], { ...restore, version: pictureVersion(second) });
    expect(await pictureOfRound(id, 'S6', 1)).toMatchObject({ key: second.key, prompt: second.prompt });

    expect(await studio.ended(id)).toMatchObject({ calls, costUsd });
    expect((await studio.api.sku(id, 'S6'))?.decisions).toMatchObject([
      { decision: 'regenerate', instruction: 'On marble.' },
      { decision: 'restore', by: 'admin 01020304', slots: ['main'] },
      { decision: 'restore' },
    ]);
  });
});

describe('a product that is moved by hand', () => {
  const adjust = { decision: 'adjust', planned: ['main'], slot: 'main' } as const;

  test('stands where it was put, from the stored answer, without a call, a photo or a cent', async () => {
    const sku = await aSku(7);
    const { id } = await studio.submit([sku]);
    const { calls, costUsd } = await studio.ended(id);
    const before = await pictureOfRound(id, 'S7', 0);
    supplier.serve('/7.jpg', Buffer.alloc(0));

    await studio.api.review(id, [0], { ...adjust, adjustment: { scale: 0.5, x: 0.2, y: -0.1 } });
    const after = await pictureOfRound(id, 'S7', 1);
    const [was, is] = await Promise.all([boxOf(before.key), boxOf(after.key)]);
    expect(is.width / was.width).toBeCloseTo(0.5, 1);
    expect((is.left + is.width / 2) / 200).toBeCloseTo(0.7, 1);
    expect((is.top + is.height / 2) / 200).toBeCloseTo(0.4, 1);
    expect(after).toMatchObject({ callKey: before.callKey, prompt: before.prompt, costUsd: before.costUsd });
    expect(after.checks).toContainEqual(expect.objectContaining({ rule: 'fill', pass: false }));
    expect(await studio.ended(id)).toMatchObject({ calls, costUsd, counts: { needsReview: 1 } });

    const restore = { decision: 'restore', planned: ['main'], slot: 'main' } as const;
    await studio.api.review(id, [0], { ...restore, version: pictureVersion(before) });
    expect(await studio.ended(id)).toMatchObject({ counts: { completed: 1 } });
  });

  test('stays where it is when the answer is gone, and somebody is told', async () => {
    const { id } = await studio.submit([await aSku(8)]);
    const { calls } = await studio.ended(id);
    const before = await pictureOfRound(id, 'S8', 0);
    await rm(join(studio.folder, 'ai'), { recursive: true });
    await studio.api.review(id, [0], { ...adjust, adjustment: { scale: 0.5, x: 0, y: 0 } });
    await eventually(async () => {
      const entry = await studio.api.sku(id, 'S8');
      expect(entry).toMatchObject({
        state: 'needsReview',
        record: { images: [{ key: before.key, round: 0 }] },
      });
      expect(entry?.record.images[0]?.checks).toContainEqual(expect.objectContaining({ rule: 'anotherTry' }));
    });
    expect(await studio.ended(id)).toMatchObject({ calls });
  });

  /** Box of what is not white, in a picture of 200 × 200. */
  async function boxOf(key: string) {
    const bytes = await readFile(join(studio.folder, key));
    const { data, info } = await sharp(bytes).greyscale().raw().toBuffer({ resolveWithObject: true });
    const dark = [...data.entries()].filter(([, level]) => level < 200).map(([pixel]) => pixel);
    const [xs, ys] = [dark.map((at) => at % info.width), dark.map((at) => Math.floor(at / info.width))];
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    return { left, top, width: Math.max(...xs) - left + 1, height: Math.max(...ys) - top + 1 };
  }
});

test('a main picture is made anew from another photo of the SKU', async () => {
  const [one, other] = [await aSku(9), await aSku(10)];
  const photo = other.images[0]?.url ?? '';
  const { id } = await studio.submit([{ sku: 'S9', images: [...one.images, ...other.images] }]);
  await studio.ended(id);
  await studio.api.review(id, [0], { ...regenerate, slot: 'main', photo });
  expect(await pictureOfRound(id, 'S9', 1)).toMatchObject({ sourceUrl: photo, inputs: [{ url: photo }] });
  await studio.api.review(id, [0], { ...regenerate, slot: 'main', extraPrompt: 'darker' });
  expect(await pictureOfRound(id, 'S9', 2)).toMatchObject({ sourceUrl: photo });
});
