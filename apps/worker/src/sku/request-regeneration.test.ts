import type { BatchOptions, SkuInput } from '@image-studio/contract';
import type { SkuEntry } from '@image-studio/queue';
import { startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
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
  gemini.configure({ latencyMs: 0, models: [] });
  gemini.reset();
  studio = await openWorkerFixture({ redisUrl: redis.url, gemini });
});
afterEach(() => studio.close());

const output = { width: 320, height: 320, format: 'jpeg', quality: 90 } as const;
const main = { prompt: 'Edit this photo. {{fault}}' };

/** One SKU for each tag, with a photo of its own. */
async function skusOf(tags: string[]): Promise<SkuInput[]> {
  return Promise.all(
    tags.map(async (tag, n) => {
      const photo = await productPhoto({ seed: n + 1, colour: distinctColour(n), width: 200, height: 200 });
      const url = supplier.serve(`/${tag}.jpg`, photo);
      return { sku: tag, images: [{ url }], attributes: { title: 'Box', fault: `[[fault:${tag}]]` } };
    }),
  );
}

async function run(tags: string[], options: Partial<BatchOptions> = { main }) {
  const { id } = await studio.submit(await skusOf(tags), { output, ...options });
  const batch = await studio.ended(id);
  const entries = await Promise.all(tags.map((tag) => studio.api.sku(id, tag)));
  return { batch, entries: entries.filter((entry): entry is SkuEntry => entry !== null) };
}

const failedOf = ({ record }: SkuEntry) =>
  record.images.flatMap(({ checks }) => checks.flatMap(({ rule, pass }) => (pass ? [] : [rule])));

/** What a picture that shows the fault at every try has to be turned down for. */
const HOPELESS = {
  identical: 'unchanged',
  shifted: 'unchanged',
  blank: 'notBlank',
  grey: 'notBlank',
  recoloured: 'colour',
  cutOff: 'edgeTouch',
  tiny: 'answerSize',
  blurred: 'sharpness',
};

describe('a picture that fails its checks', () => {
  test('mends what sharp can mend, without asking the model again', async () => {
    await studio.startWorker();
    const { batch, entries } = await run(['offWhite', 'offCentre', 'wrongRatio']);
    expect(entries.map(failedOf)).toEqual([[], [], []]);
    expect(batch).toMatchObject({ counts: { completed: 3 }, calls: { made: 3 } });
    const ratio = entries[2]?.record.images[0]?.checks.find(({ rule }) => rule === 'answerRatio');
    expect(ratio).toMatchObject({ pass: true, fix: 'placed anew in a frame of 320×320' });
  });

  test('asks once more, naming the fault, and takes the better picture', async () => {
    await studio.startWorker();
    const { batch, entries } = await run(['blank:1', 'recoloured:1', 'cutOff:1']);
    expect(batch).toMatchObject({ counts: { completed: 3 }, calls: { made: 6, failed: 0 } });
    for (const { record } of entries) {
      const [image] = record.images;
      expect(image).toMatchObject({ round: 1, slot: 'main' });
      expect(image?.tries?.map(({ round }) => round)).toEqual([0]);
    }
    expect(entries.map(({ record }) => record.redo?.main?.faults)).toEqual([
      expect.stringContaining('blank'),
      expect.stringContaining('colours differed'),
      expect.stringContaining('cut off'),
    ]);
    expect(entries.map(({ record }) => record.images[0]?.prompt)).toEqual(
      entries.map(({ record }) => expect.stringContaining(record.redo?.main?.faults ?? 'nothing')),
    );
    const costs = entries.flatMap(({ record }) => record.images.map(({ costUsd }) => costUsd));
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(batch.costUsd, 5);
    expect(batch.costUsd).toBeCloseTo(gemini.stats().billedUsd, 4);
  });

  test('leaves to a person what is no better the second time, and says what is wrong', async () => {
    await studio.startWorker();
    const tags = Object.keys(HOPELESS);
    const { batch, entries } = await run(tags);
    const faults = Object.fromEntries(entries.map((entry) => [entry.input.sku, failedOf(entry)]));
    for (const [tag, rule] of Object.entries(HOPELESS))
      expect([tag, faults[tag]]).toEqual([tag, expect.arrayContaining([rule])]);
    expect(batch.counts).toMatchObject({ needsReview: tags.length, completed: 0, failed: 0 });
    // Words do not make a picture larger: the size is asked for by a parameter, and a small answer once only.
    expect(batch.calls).toEqual({ made: 2 * tags.length - 1, reused: 0, failed: 0 });
    expect(batch.images).toEqual({ expected: tags.length, done: tags.length });
    for (const { input, record } of entries)
      expect([input.sku, record.images[0]?.tries?.length ?? 0]).toEqual([
        input.sku,
        input.sku === 'tiny' ? 0 : 1,
      ]);
  });

  test('does not spend on another try what the rest of the batch needs', async () => {
    await studio.startWorker();
    const { batch, entries } = await run(['blank', 'thought'], { main, budgetUsd: 0.14 });
    expect(batch).toMatchObject({ status: 'completed', calls: { made: 2 }, counts: { needsReview: 1 } });
    expect(entries[0]?.record.redo).toBeUndefined();
  });

  test('keeps the first picture when the second try brings nothing, and says so', async () => {
    await studio.startWorker();
    gemini.configure({ faults: {} });
    const skus = await skusOf(['recoloured:1']);
    const [sku] = skus;
    if (sku) sku.attributes = { fault: '[[fault:recoloured:1]] [[then:blockedPrompt]]' };
    const { id } = await studio.submit(skus, { output, main });
    const batch = await studio.ended(id);
    expect(batch).toMatchObject({ counts: { needsReview: 1 }, calls: { made: 3, failed: 2 } });
    const entry = await studio.api.sku(id, 'recoloured:1');
    expect(entry && failedOf(entry)).toEqual(['colour', 'anotherTry']);
  });

  test('judges secondary pictures too, against every photo they were made from', async () => {
    await studio.startWorker();
    const secondary = { kinds: ['scale' as const, 'lifestyle' as const], prompt: 'Show it. {{fault}}' };
    const { batch, entries } = await run(['shifted', 'recoloured', 'wrongRatio'], { main: false, secondary });
    expect(entries.map(failedOf)).toEqual([
      ['unchanged', 'unchanged'],
      ['colour', 'colour'],
      ['answerRatio', 'answerRatio'],
    ]);
    expect(batch).toMatchObject({ counts: { needsReview: 3 }, calls: { made: 12 } });
  });

  test('does not ask the local engine again: it would answer the same', async () => {
    await studio.startWorker({ IMAGE_MODEL: 'local' });
    const wood = await productPhoto({
      seed: 3,
      colour: distinctColour(3),
      background: 'wood',
      width: 320,
      height: 320,
    });
    const skus = [{ sku: 'wood', images: [{ url: supplier.serve('/wood.jpg', wood) }] }];
    const { id } = await studio.submit(skus, { output });
    const batch = await studio.ended(id);
    expect(batch).toMatchObject({ counts: { needsReview: 1 }, calls: { made: 1 } });
    expect((await studio.api.sku(id, 'wood'))?.record.redo).toBeUndefined();
  });
});
