import { BatchOptions } from '@image-studio/contract';
import { DEFAULT_GEMINI_MODEL, geminiTraits, planBatch } from '@image-studio/planning';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type KilledWorkers, killedWorkers } from '../testing/killed-workers.ts';
import { takeWinner } from '../testing/take-winner.ts';
import { openWorkerFixture, type WorkerFixture } from '../testing/worker-fixture.ts';

const COUNT = 7;
const SAMPLE = [1, 4, 5];
const SECOND = 'gemini-3-pro-image';
/** On a machine that is busy with other tests. */
const SLOW = 240_000;

let redis: TestRedis;
let supplier: Supplier;
let gemini: GeminiStandIn;
let studio: WorkerFixture;
let workers: KilledWorkers;

beforeAll(async () => {
  [redis, supplier, gemini] = await Promise.all([startTestRedis(), startSupplier(), startGeminiStandIn()]);
});
beforeEach(async () => {
  gemini.reset();
  studio = await openWorkerFixture({ redisUrl: redis.url, gemini });
  // A request that is on the wire when its worker dies is made again: here there is none beside the one at the point.
  workers = killedWorkers(studio, redis.url, { AI_CONCURRENCY: '1' });
});
afterEach(async () => {
  await workers.close();
  await studio.close();
});
afterAll(async () => {
  await Promise.all([gemini.close(), supplier.close()]);
  await redis.stop();
});

async function skus() {
  const all = [];
  for (let n = 0; n < COUNT; n += 1) {
    const photo = await productPhoto({ seed: n, colour: distinctColour(n), width: 160, height: 160 });
    all.push({ sku: `S${n}`, images: [{ url: supplier.serve(`/${n}.jpg`, photo) }] });
  }
  return all;
}

const output = { width: 200, height: 200, format: 'jpeg' } as const;
const ready = (id: string) =>
  eventually(
    async () => {
      const batch = await studio.api.batch(id);
      if (batch?.pausedFor !== 'sample') throw new Error(`not ready: ${JSON.stringify(batch?.counts)}`);
      return batch;
    },
    { timeoutMs: SLOW / 4 },
  );

/** Submitted by a process that dies before it can answer; its client asks again, with the same key. */
async function submitted(options: BatchOptions, plans: ReturnType<typeof planBatch>[]) {
  const [plan, ...nextPlans] = plans;
  const submission = {
    ...{ tenant: 'default', options, sample: SAMPLE, skus: await skus() },
    ...{ ...(plan && { plan }), nextPlans, idempotency: { key: 'once', bodySha256: 'ab12' } },
  };
  await workers.dieGiving({ name: 'submit', submission });
  const { batch, created } = await studio.api.submit(submission);
  expect(created).toBe(false);
  return batch.id;
}

/** Pictures that were paid for, each for the first time; no request was sent that brought none. */
function made(): number {
  const { accepted, pictures, paidTwice } = gemini.stats();
  expect([accepted, paidTwice]).toEqual([pictures, 0]);
  return pictures;
}

/** Calls of the SKUs that are not of the sample; the checks may ask for a second picture. */
async function callsOfRest(id: string): Promise<number> {
  const { items } = await studio.api.skus(id, { limit: 100 });
  const rest = items.filter(({ index }) => !SAMPLE.includes(index));
  expect(rest).toHaveLength(COUNT - SAMPLE.length);
  return rest.reduce((sum, { record }) => sum + 1 + (record.redo?.main?.round ?? 0), 0);
}

test(
  'a sample whose processes are killed at every step is made once, and then the rest is',
  async () => {
    const options = BatchOptions.parse({ sample: SAMPLE.length, output });
    const id = await submitted(options, [planBatch(options, geminiTraits(DEFAULT_GEMINI_MODEL))]);
    const goOn = await workers.dieAt([
      ...['begun', 'added', 'reserved', 'unrecorded', 'recorded', 'listed', 'sampled'],
    ]);
    expect((await ready(id)).counts).toMatchObject({ waiting: COUNT - SAMPLE.length, active: 0 });
    const sample = made();
    expect(sample).toBeGreaterThanOrEqual(SAMPLE.length);
    await workers.dieGiving({ name: 'resume', id });
    // Who gave it asks again.
    await studio.api.resume(id);
    goOn();
    const { counts, calls } = await studio.ended(id, SLOW / 2);
    expect([counts.total, counts.failed]).toEqual([COUNT, 0]);
    expect(made() - sample).toBe(await callsOfRest(id));
    expect(calls.made - calls.failed).toBe(made());
  },
  SLOW,
);

test(
  'models that are compared by processes that are killed at every step make the sample once each, and the winner makes the rest',
  async () => {
    const options = BatchOptions.parse({ sample: SAMPLE.length, compare: ['first', 'second'], output });
    const winner = planBatch(options, geminiTraits(DEFAULT_GEMINI_MODEL));
    const id = await submitted(options, [winner, planBatch(options, geminiTraits(SECOND))]);
    const goOn = await workers.dieAt(['recorded', 'nextPass', 'sampled']);
    await ready(id);
    const sample = made();
    expect(sample).toBeGreaterThanOrEqual(2 * SAMPLE.length);
    const [place = 0] = SAMPLE;
    await workers.dieGiving({ name: 'choose', id, index: place, model: 'first' });
    expect(await studio.api.sampleChoices(id)).toEqual(new Map([[place, 'first']]));
    await workers.dieGiving({ name: 'winner', id, plan: winner, model: 'first' });
    // Who gave it asks again: the batch has gone on.
    const order = takeWinner({ plan: winner, model: 'first' });
    expect(await studio.api.changeSample(id, order)).toEqual({ verdict: 'idle' });
    goOn();
    const { counts, calls } = await studio.ended(id, SLOW / 2);
    expect([counts.total, counts.failed]).toEqual([COUNT, 0]);
    expect(made() - sample).toBe(await callsOfRest(id));
    expect(calls.made - calls.failed).toBe(made());
    const { items } = await studio.api.skus(id, { limit: 100 });
    expect(items.flatMap(({ record }) => record.images.map(({ model }) => model))).toEqual(
      Array(COUNT).fill(DEFAULT_GEMINI_MODEL),
    );
  },
  SLOW,
);
