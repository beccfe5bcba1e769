import { BatchOptions } from '@image-studio/contract';
import { DEFAULT_GEMINI_MODEL, geminiTraits, planBatch } from '@image-studio/planning';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openWorkerFixture, type WorkerFixture } from '../testing/worker-fixture.ts';

let redis: TestRedis;
let gemini: GeminiStandIn;
let supplier: Supplier;
let studio: WorkerFixture;

beforeAll(async () => {
  [redis, supplier, gemini] = await Promise.all([startTestRedis(), startSupplier(), startGeminiStandIn()]);
  gemini.configure({ latencyMs: 50 });
  studio = await openWorkerFixture({ redisUrl: redis.url, gemini });
  await studio.startWorker();
});
afterAll(async () => {
  await studio?.close();
  await Promise.all([gemini?.close(), supplier?.close(), redis?.stop()]);
});

const COUNT = 5;
const SAMPLE = [1, 4];

const skusOf = (first: number) =>
  Promise.all(
    Array.from({ length: COUNT }, async (_, place) => {
      const n = first + place;
      const photo = await productPhoto({ seed: n, colour: distinctColour(n), width: 160, height: 160 });
      return { sku: `S${n}`, images: [{ url: supplier.serve(`/${n}.jpg`, photo) }] };
    }),
  );

async function submit(): Promise<string> {
  const skus = await skusOf(0);
  const options = { sample: SAMPLE.length, secondary: { kinds: ['detail'] } };
  return (await studio.submit(skus, options, DEFAULT_GEMINI_MODEL, 'default', SAMPLE)).id;
}

const ready = (id: string) =>
  eventually(
    async () => {
      const batch = await studio.api.batch(id);
      if (batch?.pausedFor !== 'sample') throw new Error(`not ready: ${JSON.stringify(batch?.counts)}`);
      return batch;
    },
    { timeoutMs: 100_000 },
  );

/** Changes the batch and makes the pictures of these roles again. */
const remake = async (id: string, change: Partial<BatchOptions>, roles: readonly string[]) => {
  const outcome = await studio.api.changeSample(id, {
    apply: 'sample',
    change(before) {
      const options = { ...before, ...change };
      return { options, plan: planBatch(options, geminiTraits(DEFAULT_GEMINI_MODEL)) };
    },
    outdate: ({ record }) => ({
      ...record,
      images: record.images.map((image) =>
        roles.includes(image.role) ? { ...image, outdated: true } : image,
      ),
    }),
  });
  expect(outcome).toEqual({ verdict: 'done', again: SAMPLE.length });
  return ready(id);
};

test('what changes of a sample is bought anew, what was bought before is not, and the rest is made as it is at last', async () => {
  const id = await submit();
  await ready(id);
  const first = await studio.api.sample(id);
  expect(gemini.stats().accepted).toBe(4);
  // Other words for the main picture: two calls; the details stay as they are, to the byte.
  await remake(id, { main: { extraPrompt: 'A little larger.' } }, ['main']);
  expect(gemini.stats().accepted).toBe(6);
  const second = await studio.api.sample(id);
  for (const [place, { record }] of second.entries()) {
    const [main, detail] = record.images;
    expect(detail?.key).toBe(first[place]?.record.images[1]?.key);
    expect(detail?.createdAt).toBe(first[place]?.record.images[1]?.createdAt);
    expect(main?.prompt).toContain('A little larger.');
    expect(main?.outdated).toBeUndefined();
    expect(main?.tries).toMatchObject([{ outdated: true, callKey: first[place]?.record.images[0]?.callKey }]);
  }
  // Another shop's size, and the words of before: nothing is bought, everything is finished anew.
  const output = { width: 300, height: 300, format: 'jpeg' } as const;
  await remake(id, { main: true, output }, ['main', 'secondary']);
  const third = await studio.api.sample(id);
  expect(gemini.stats().accepted).toBe(6);
  for (const [place, { record, state }] of third.entries()) {
    expect(record.images.map(({ width }) => width)).toEqual([300, 300]);
    const [main] = record.images;
    expect(main?.callKey).toBe(first[place]?.record.images[0]?.callKey);
    // Both calls were paid for once.
    expect(main?.costUsd).toBeCloseTo(second[place]?.record.images[0]?.costUsd ?? 0, 6);
    expect(main?.tries).toHaveLength(1);
    expect(state).not.toBe('failed');
  }
  await studio.api.resume(id);
  const { counts, calls } = await studio.ended(id);
  expect(counts.failed).toBe(0);
  expect({ made: calls.made, accepted: gemini.stats().accepted }).toEqual({ made: 12, accepted: 12 });
});

test('models that are compared each make the sample; the winner has its pictures listed without another call, and makes the rest', async () => {
  const planOf = (model: string) => planBatch(options, geminiTraits(model));
  const options = BatchOptions.parse({
    sample: SAMPLE.length,
    compare: ['a', 'b'],
    output: { width: 200, height: 200, format: 'jpeg' },
  });
  const [winner, loser] = [DEFAULT_GEMINI_MODEL, 'gemini-3-pro-image'] as const;
  const before = gemini.stats().accepted;
  const { batch } = await studio.api.submit({
    tenant: 'default',
    options,
    plan: planOf(winner),
    nextPlans: [planOf(loser)],
    skus: await skusOf(100),
    sample: SAMPLE,
  });
  await ready(batch.id);
  const modelsOf = async () =>
    (await studio.api.sample(batch.id)).map(({ record: { images } }) => ({
      listed: images.map(({ model }) => model),
      dropped: images.flatMap(({ tries = [] }) => tries.map(({ picture }) => picture?.model)),
    }));
  // The checks may ask each of them once more.
  for (const { listed, dropped } of await modelsOf()) {
    expect(listed).toEqual([loser]);
    expect(dropped).toContain(winner);
  }
  const compared = gemini.stats().accepted - before;
  const outcome = await studio.api.changeSample(batch.id, {
    apply: 'all',
    change: (known) => ({ options: { ...known, model: 'a' }, plan: planOf(winner) }),
    outdate: ({ record: { redo: _, ...record } }) => ({
      ...record,
      images: record.images.map((image) => ({ ...image, outdated: true })),
    }),
  });
  expect(outcome).toMatchObject({ verdict: 'done' });
  const { counts, calls } = await studio.ended(batch.id, 100_000);
  expect(counts.failed).toBe(0);
  for (const { listed, dropped } of await modelsOf()) {
    expect(listed).toEqual([winner]);
    expect(dropped).toContain(loser);
  }
  const { items } = await studio.api.skus(batch.id, { limit: 100 });
  const rest = items.filter(({ index }) => !SAMPLE.includes(index));
  expect(new Set(rest.flatMap(({ record }) => record.images.map(({ model }) => model)))).toEqual(
    new Set([winner]),
  );
  const rounds = rest.flatMap(({ record }) => record.images.flatMap(({ tries = [] }) => tries));
  expect(calls.made).toBe(compared + rest.length + rounds.length);
  expect(gemini.stats().accepted - before).toBe(calls.made);
});

test('models that are compared make the sample beside each other: one that makes nothing keeps no other from it', async () => {
  const options = BatchOptions.parse({ sample: SAMPLE.length, compare: ['a', 'b'] });
  const planOf = (model: string) => planBatch(options, geminiTraits(model));
  const before = gemini.stats().accepted;
  const { batch } = await studio.api.submit({
    tenant: 'default',
    options,
    // No worker has it.
    plan: { ...planOf('gemini-3-pro-image'), pool: 'gone' },
    nextPlans: [planOf(DEFAULT_GEMINI_MODEL)],
    skus: await skusOf(200),
    sample: SAMPLE,
  });
  await eventually(() => expect(gemini.stats().accepted - before).toBe(SAMPLE.length), {
    timeoutMs: 60_000,
  });
  expect((await studio.api.batch(batch.id))?.sample?.state).toBe('making');
  await studio.api.cancel(batch.id);
  expect(gemini.stats().accepted - before).toBe(SAMPLE.length);
});
