import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type KilledWorkers, killedWorkers } from './testing/killed-workers.ts';
import { openWorkerFixture, type WorkerFixture } from './testing/worker-fixture.ts';

const HOUR_MS = 1000;
const CALLS = 8;
/** Five processes, one after the other, on a machine that is busy with other tests. */
const SLOW = 240_000;

let redis: TestRedis;
let gemini: GeminiStandIn;
let supplier: Supplier;
let fixture: WorkerFixture;
let workers: KilledWorkers;
let photos = 0;

beforeAll(async () => {
  redis = await startTestRedis();
  gemini = await startGeminiStandIn();
  supplier = await startSupplier();
  fixture = await openWorkerFixture({ redisUrl: redis.url, gemini });
});
beforeEach(() => {
  gemini.reset();
  workers = killedWorkers(fixture, redis.url, { ECONOMY_HOUR_MS: String(HOUR_MS) });
});
afterEach(() => workers.close());
afterAll(async () => {
  await fixture.close();
  await Promise.all([gemini.close(), supplier.close(), redis.stop()]);
});

async function submit(count: number, hours: number) {
  const skus = [];
  for (let n = 0; n < count; n += 1) {
    photos += 1;
    const photo = await productPhoto({
      seed: photos,
      colour: distinctColour(n),
      width: 200,
      height: 200,
    });
    skus.push({ sku: `K${n}`, images: [{ url: supplier.serve(`/${photos}.jpg`, photo) }] });
  }
  const deadline = new Date(Date.now() + hours * HOUR_MS).toISOString();
  return fixture.submit(skus, { lane: 'economy', deadline, sharedPhotos: 'allow' });
}

/** Waits until the provider has a batch of calls; then there is no time left but to make them one by one. */
async function bringDeadlineNear(id: string): Promise<void> {
  await eventually(() => expect(creates().length).toBeGreaterThan(0), { timeoutMs: 60_000 });
  await redis.command('HSET', `${fixture.prefix}:batch:${id}`, 'deadlineMs', Date.now() + HOUR_MS);
}

/** One worker after the other works on the batch, and dies at its point; the last one ends it. */
async function dieAt(points: readonly string[], submitted: () => Promise<{ id: string }>) {
  let id = '';
  const goOn = await workers.dieAt(points, async () => {
    ({ id } = await submitted());
  });
  goOn();
  return fixture.ended(id, SLOW / 2);
}

const creates = () => gemini.stats().batches;
const parcels = () => new Set(creates().map(({ displayName }) => displayName)).size;

test.each([
  { points: ['intended', 'uploaded', 'creating', 'answerLost'] },
  { points: ['created', `settled*${CALLS / 2}`, 'recorded', 'settled'] },
])(
  'of workers that are killed at $points each parcel is created once, and each picture billed once',
  async ({ points }) => {
    gemini.configure({ batch: { hourMs: HOUR_MS } });
    const batch = await dieAt(points, () => submit(CALLS, 600));
    const { paidTwice, billedUsd, accepted } = gemini.stats();
    expect(batch).toMatchObject({
      counts: { completed: CALLS, failed: 0 },
      calls: { made: CALLS, failed: 0 },
    });
    expect([creates().length, accepted, paidTwice]).toEqual([parcels(), 0, 0]);
    expect(batch.costUsd).toBeCloseTo(billedUsd, 6);
  },
  SLOW,
);

test(
  'workers that are killed when the deadline is near, and when the end of a parcel has been asked for, buy nothing twice',
  async () => {
    gemini.configure({ batch: { hourMs: HOUR_MS, outcome: 'stuck', cancelKeeps: 0.5 } });
    // Near only when the provider has it all: however long workers take to get there on a busy machine.
    let isNear: Promise<void> | undefined;
    const batch = await dieAt(['released', 'cancelRequested'], async () => {
      const submitted = await submit(4, 600);
      isNear = bringDeadlineNear(submitted.id);
      return submitted;
    });
    await isNear;
    const { paidTwice, billedUsd, accepted } = gemini.stats();
    expect(batch.counts).toMatchObject({ completed: 4, failed: 0 });
    const kept = creates().reduce((sum, { made }) => sum + made, 0);
    expect([creates().length, kept + accepted, paidTwice]).toEqual([parcels(), 4, 0]);
    expect(batch.costUsd).toBeCloseTo(billedUsd, 6);
  },
  SLOW,
);
