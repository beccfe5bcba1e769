import { createHash } from 'node:crypto';
import { createFileStore, type ObjectStore, uploadKey } from '@image-studio/storage';
import { startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, phoneHeic, productPhoto } from '@image-studio/testkit/photos';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openWorkerFixture, type WorkerFixture } from '../testing/worker-fixture.ts';

let redis: TestRedis;
let gemini: GeminiStandIn;
let studio: WorkerFixture;
let store: ObjectStore;

beforeAll(async () => {
  [redis, gemini] = await Promise.all([startTestRedis(), startGeminiStandIn()]);
  studio = await openWorkerFixture({ redisUrl: redis.url, gemini });
  store = createFileStore({ folder: studio.folder, publicUrl: 'http://files.invalid' });
  await studio.startWorker();
});
afterAll(async () => {
  await studio.close();
  await gemini.close();
  await redis.stop();
});

async function uploaded(tenant: string, seed: number): Promise<string> {
  return put(tenant, await productPhoto({ seed, colour: distinctColour(seed), width: 160, height: 160 }));
}

/** Puts a photo where an upload leaves it; returns its address. */
async function put(tenant: string, photo: Buffer): Promise<string> {
  const sha256 = createHash('sha256').update(photo).digest('hex');
  await store.put(uploadKey(tenant, sha256), photo, { contentType: 'image/jpeg' });
  return `photo:${sha256}`;
}

test('pictures are made of uploaded photos, in the order given, and of no other tenant’s', async () => {
  const [first, second] = [await uploaded('acme', 3), await uploaded('acme', 1)];
  const images = [{ url: first }, { url: second }];
  const { id } = await studio.submit([{ sku: 'A', images }], {}, undefined, 'acme');
  expect((await studio.ended(id)).counts).toMatchObject({ failed: 0 });
  const made = await studio.api.sku(id, 'A');
  expect(made?.record.images[0]).toMatchObject({ sourceUrl: first });
  expect(made?.record.images[0]?.key).toContain('image-1');

  const other = await studio.submit([{ sku: 'A', images }], {}, undefined, 'beta');
  await studio.ended(other.id);
  expect(await studio.api.sku(other.id, 'A')).toMatchObject({
    state: 'failed',
    record: { failure: { code: 'SOURCE_NOT_FOUND', retryable: false } },
  });
});

test('a SKU whose photo is replaced is retried in place, and what it had of the old one is made anew', async () => {
  const gone = `photo:${'0'.repeat(64)}`;
  const [good, better] = [await uploaded('default', 5), await uploaded('default', 6)];
  const images = [{ url: good }, { url: gone }];
  const secondary = { secondary: { kinds: ['detail'] } };
  const { id } = await studio.submit([{ sku: 'A', images }], secondary);
  await studio.ended(id);
  const failed = await studio.api.sku(id, 'A');
  expect(failed).toMatchObject({ state: 'failed', record: { failure: { code: 'SOURCE_NOT_FOUND' } } });
  expect(failed?.record.images.map(({ role }) => role)).toEqual(['main']);

  expect(await studio.api.changeSku(id, 'A', { images: [{ url: better }] })).toBe('done');
  expect(await studio.api.changeSku(id, 'A', { images: [{ url: better }] })).toBe('done');
  expect(await studio.api.retry(id, {})).toEqual({ retried: 1 });
  await studio.ended(id);
  const mended = await studio.api.sku(id, 'A');
  expect(mended?.state).not.toBe('failed');
  expect(mended?.record.images.map(({ role, sourceUrl }) => [role, sourceUrl])).toEqual([
    ['main', better],
    ['secondary', better],
  ]);
});

test('a HEIC from a phone makes pictures, and a damaged one costs its own SKU', async () => {
  const heic = phoneHeic();
  const damaged = Buffer.from(heic.subarray(0, heic.length - 300));
  const skus = await Promise.all(
    [heic, damaged].map(async (photo, n) => ({
      sku: `H${n}`,
      images: [{ url: await put('default', photo) }],
    })),
  );
  const { id } = await studio.submit(skus);
  expect((await studio.ended(id)).counts).toMatchObject({ failed: 1 });
  expect((await studio.api.sku(id, 'H0'))?.record.images).toHaveLength(1);
  expect(await studio.api.sku(id, 'H1')).toMatchObject({
    state: 'failed',
    record: { failure: { code: 'SOURCE_NOT_AN_IMAGE' } },
  });
});
