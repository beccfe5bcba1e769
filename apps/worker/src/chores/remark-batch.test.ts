import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCpuLimiter, inlinePictureWork } from '@image-studio/imaging';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
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

const VICTIM = fileURLToPath(new URL('../testing/killed-remark-main.ts', import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL('../../../../scripts/typescript.mjs', import.meta.url));
const MARK = 'digitalsourcetype/trainedAlgorithmicMedia';

test('marks are written into stored pictures that lack them, once, without a call and without touching a pixel', async () => {
  const photo = await productPhoto({ seed: 3, colour: distinctColour(3), width: 300, height: 300 });
  const url = supplier.serve('/a.jpg', photo);
  const stop = await studio.startWorker({}, inlinePictureWork(createCpuLimiter(2)));
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
  await stop();
});

test.each(['jpeg', 'png', 'webp'] as const)(
  'a worker that is killed among %s files loses nothing: asked again, the next marks what is left, and the third run writes nothing',
  async (format) => {
    const photo = await productPhoto({ seed: 5, colour: distinctColour(5), width: 300, height: 300 });
    const url = supplier.serve('/k.jpg', photo);
    const stop = await studio.startWorker({}, inlinePictureWork(createCpuLimiter(2)));
    const skus = Array.from({ length: 6 }, (_, n) => ({ sku: `${format}${n}`, images: [{ url }] }));
    const { id } = await studio.submit(skus, {
      ...{ sharedPhotos: 'allow', output: { width: 200, height: 200, format } },
    });
    await studio.ended(id);
    await stop();
    const calls = gemini.stats().requests;
    const { items } = await studio.api.skus(id, { limit: 10 });
    const files = items.flatMap(({ record }) => record.images.map(({ key }) => join(studio.folder, key)));
    const before: string[] = [];
    for (const file of files) {
      const bare = await sharp(await readFile(file))
        .toFormat(format)
        .toBuffer();
      await writeFile(file, bare);
      before.push(await pixelsOf(bare));
    }
    const marked = async () =>
      (await Promise.all(files.map((file) => readFile(file)))).map((file) => file.includes(MARK));

    await studio.api.remark(id);
    const victim = spawn(
      process.execPath,
      [
        ...['--conditions=source', '--import', TYPESCRIPT, VICTIM],
        JSON.stringify({ redisUrl: redis.url, prefix: studio.prefix, folder: studio.folder, dieAfter: 3 }),
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    expect((await once(victim, 'exit'))[1]).toBe('SIGKILL');
    expect((await marked()).filter(Boolean)).toHaveLength(3);
    expect(await studio.api.remarkState(id)).toMatchObject({ status: 'running', counts: { written: 2 } });

    await studio.api.remark(id);
    const stopNext = await studio.startWorker({}, inlinePictureWork(createCpuLimiter(2)));
    // The third was written by who was killed, and is found marked.
    expect(await remarked(id)).toEqual({ written: 5, marked: 1, notAi: 0, missing: 0, tooLarge: 0 });
    expect(await marked()).not.toContain(false);
    const after = await Promise.all(files.map((file) => readFile(file)));
    expect(await Promise.all(after.map(pixelsOf))).toEqual(before);
    await studio.api.remark(id);
    expect(await remarked(id)).toEqual({ written: 0, marked: 6, notAi: 0, missing: 0, tooLarge: 0 });
    expect(
      (await studio.api.skus(id, { limit: 10 })).items.map(({ record }) => record.images[0]?.bytes),
    ).toEqual(after.map(({ length }) => length));
    expect(gemini.stats().requests).toBe(calls);
    await stopNext();
  },
);

/** Of the decoded picture. */
async function pixelsOf(file: Buffer): Promise<string> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return createHash('sha256')
    .update(JSON.stringify([info.width, info.height, info.channels]))
    .update(data)
    .digest('hex');
}

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
