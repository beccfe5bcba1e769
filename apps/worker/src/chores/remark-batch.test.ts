import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCpuGate, inlinePictureWork } from '@image-studio/imaging';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openWorkerFixture, type WorkerFixture } from '../testing/worker-fixture.ts';

let redis: TestRedis;
let supplier: Supplier;
let gemini: GeminiStandIn;
let studio: WorkerFixture;

beforeAll(async () => {
  [redis, supplier, gemini] = await Promise.all([startTestRedis(), startSupplier(), startGeminiStandIn()]);
  gemini.configure({ latencyMs: 0, models: [] });
  studio = await openWorkerFixture({ redisUrl: redis.url, gemini });
});
afterAll(async () => {
  await studio.close();
  await gemini.close();
  await supplier.close();
  await redis.stop();
});

const remarked = (id: string) =>
  eventually(
    async () => {
      const state = await studio.api.remarkState(id);
      if (state?.status !== 'completed') throw new Error(`not done: ${JSON.stringify(state)}`);
      return state.counts;
    },
    { timeoutMs: 30_000 },
  );

const MARK = 'digitalsourcetype/trainedAlgorithmicMedia';

test('marks are written into stored pictures that lack them, once, without a call and without touching a pixel', async () => {
  const photo = await productPhoto({ seed: 3, colour: distinctColour(3), width: 300, height: 300 });
  const url = supplier.serve('/a.jpg', photo);
  await studio.startWorker({}, inlinePictureWork(createCpuGate(2)));
  const skus = ['a', 'b', 'c'].map((sku) => ({ sku, images: [{ url }] }));
  const { id } = await studio.submit(skus, { sharedPhotos: 'allow' });
  await studio.ended(id);
  const calls = gemini.stats().requests;
  const pages = await studio.api.skus(id, { limit: 10 });
  const keys = pages.items.flatMap(({ record }) => record.images.map(({ key }) => key));
  expect(keys).toHaveLength(3);
  const path = (key: string) => join(studio.folder, key);
  const [first = '', second = ''] = keys;
  const made = await readFile(path(first));
  expect(made.includes(MARK)).toBe(true);
  // As a version stored it that wrote no marks, or a service left it that strips metadata.
  const bare = withoutXmp(made);
  await writeFile(path(first), bare);
  await writeFile(path(second), withoutXmp(await readFile(path(second))));

  await studio.api.remark(id);
  expect(await remarked(id)).toEqual({ written: 2, marked: 1, notAi: 0, missing: 0, tooLarge: 0 });
  const again = await readFile(path(first));
  expect(again.includes(MARK)).toBe(true);
  expect(scanOf(again)).toBe(scanOf(bare));
  const { record } = (await studio.api.skus(id, { limit: 10 })).items[0] ?? {};
  expect(record?.images[0]?.bytes).toBe(again.length);

  await studio.api.remark(id);
  expect(await remarked(id)).toEqual({ written: 0, marked: 3, notAi: 0, missing: 0, tooLarge: 0 });
  expect((await readFile(path(first))).equals(again)).toBe(true);
  expect(gemini.stats().requests).toBe(calls);
});

/** Without the APP1 segment that sharp writes. */
function withoutXmp(jpeg: Buffer): Buffer {
  const at = jpeg.indexOf('http://ns.adobe.com/xap/1.0/') - 4;
  return Buffer.concat([jpeg.subarray(0, at), jpeg.subarray(at + 2 + jpeg.readUInt16BE(at + 2))]);
}

/** Of everything from the first table of the codec on: the pixels. */
function scanOf(jpeg: Buffer): string {
  return createHash('sha256')
    .update(jpeg.subarray(jpeg.indexOf(Buffer.from([0xff, 0xdb]))))
    .digest('hex');
}
