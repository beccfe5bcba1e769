import type { SkuInput } from '@image-studio/contract';
import { childPictureWork } from '@image-studio/imaging/pool';
import { FATAL_BYTES, FATAL_PHOTOS_CHILD, RUN_FROM_SOURCE } from '@image-studio/imaging/testing';
import { createLogger } from '@image-studio/runtime';
import { startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto, repeatedScans } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openWorkerFixture, type WorkerFixture } from '../testing/worker-fixture.ts';

/** 200 in a run by hand, which takes minutes: `GOOD_PHOTOS=200 npm test -- fatal-photos --testTimeout 900000`. */
const GOOD = Number(process.env.GOOD_PHOTOS ?? 16);
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

test('a photo that kills its decoder and one that would hold it for ever fail alone, each with its reason', async () => {
  const photoOf = (n: number) =>
    productPhoto({ seed: n, colour: distinctColour(n), width: 240, height: 240 });
  const skuOf = (sku: string, photo: Buffer): SkuInput => ({
    sku,
    images: [{ url: supplier.serve(`/${sku}.jpg`, photo) }],
  });
  const skus = await Promise.all(
    Array.from({ length: GOOD }, async (_, n) => skuOf(`good${n}`, await photoOf(n))),
  );
  skus.splice(GOOD / 2, 0, skuOf('fatal', Buffer.concat([await photoOf(1000), FATAL_BYTES])));
  skus.splice(GOOD / 4, 0, skuOf('scans', repeatedScans(25_000)));
  const pictures = childPictureWork({
    size: 2,
    env: { PATH: process.env.PATH },
    log: createLogger({ level: 'silent', name: 'worker' }),
    module: FATAL_PHOTOS_CHILD,
    execArgv: RUN_FROM_SOURCE,
  });
  await studio.startWorker({}, pictures);
  const { id } = await studio.submit(skus);
  const { counts } = await studio.ended(id, 60_000 + GOOD * 3000);
  expect(counts).toMatchObject({ total: GOOD + 2, failed: 2, waiting: 0, active: 0, cancelled: 0 });
  const failureOf = async (sku: string) => (await studio.api.sku(id, sku))?.record?.failure;
  expect(await failureOf('fatal')).toMatchObject({
    code: 'SOURCE_NOT_AN_IMAGE',
    stage: 'prepare',
    message: expect.stringContaining('crashed (SIGSEGV), 2 times in a row'),
  });
  expect(await failureOf('scans')).toMatchObject({
    code: 'SOURCE_NOT_AN_IMAGE',
    message: expect.stringContaining('more than 100'),
  });
});
