import { DEFAULT_POOL, type SkuInput } from '@image-studio/contract';
import { geminiTraits, type PlannableModel } from '@image-studio/planning';
import { startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type KilledWorkers, killedWorkers } from '../testing/killed-workers.ts';
import { openWorkerFixture, type WorkerFixture } from '../testing/worker-fixture.ts';

const COUNT = 6;
const FIRST = 'gemini-nano-banana-2.1';
const SECOND = 'gemini-3-pro-image';
/** On a machine that is busy with other tests. */
const SLOW = 240_000;

let redis: TestRedis;
let supplier: Supplier;
let first: GeminiStandIn;
let second: GeminiStandIn;
let studio: WorkerFixture;
let workers: KilledWorkers | undefined;

beforeAll(async () => {
  [redis, supplier, first, second] = await Promise.all([
    startTestRedis(),
    startSupplier(),
    startGeminiStandIn(),
    startGeminiStandIn(),
  ]);
  studio = await openWorkerFixture({ redisUrl: redis.url, gemini: first });
});
afterEach(() => workers?.close());
afterAll(async () => {
  await studio.close();
  await Promise.all([first.close(), second.close(), supplier.close()]);
  await redis.stop();
});

const models: PlannableModel[] = [
  { alias: 'first', pool: DEFAULT_POOL, traits: geminiTraits(FIRST) },
  { alias: 'second', pool: 'second', traits: geminiTraits(SECOND) },
];

test(
  'workers that are killed while calls move from a model that is down to the next one lose none and make none twice',
  async () => {
    first.configure({ faults: { e503: 1 } });
    const skus: SkuInput[] = [];
    for (let n = 0; n < COUNT; n += 1) {
      const photo = await productPhoto({ seed: n, colour: distinctColour(n), width: 160, height: 160 });
      skus.push({ sku: `S${n}`, images: [{ url: supplier.serve(`/${n}.jpg`, photo) }] });
    }
    const model = { provider: 'gemini', model: SECOND, baseUrl: second.baseUrl };
    workers = killedWorkers(studio, redis.url, {
      ...{ SECOND_KEY: second.apiKey, FALLBACK_AFTER_MS: '500' },
      STUDIO_MODELS: JSON.stringify({
        second: { ...model, keyVariable: 'SECOND_KEY', callsPerMinute: 6000 },
      }),
      // A request that is on the wire when its worker dies is made again: here there is none beside the one at the point.
      AI_CONCURRENCY: '1',
    });
    let id = '';
    const goOn = await workers.dieAt(['removed', 'routed', 'addedElsewhere', 'recorded'], async () => {
      ({ id } = await studio.submitModels(models, skus));
    });
    goOn();
    const { counts, calls } = await studio.ended(id, SLOW / 2);
    expect([counts.total, counts.failed]).toEqual([COUNT, 0]);
    const { pictures, accepted, paidTwice } = second.stats();
    expect([accepted, paidTwice, first.stats().pictures]).toEqual([pictures, 0, 0]);
    expect(pictures).toBe(calls.made - calls.failed);
    const { items } = await studio.api.skus(id, { limit: 100 });
    expect(items.flatMap(({ record }) => record.images.map((image) => image.model))).toEqual(
      Array(COUNT).fill(SECOND),
    );
  },
  SLOW,
);
