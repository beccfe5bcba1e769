import type { SkuInput } from '@image-studio/contract';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { READABLE_SHAPES, UNREADABLE_SHAPES } from '@image-studio/testkit/gemini-stand-in-shapes';
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
  gemini.reset();
  studio = await openWorkerFixture({ redisUrl: redis.url, gemini });
});
afterEach(() => studio.close());

/** One SKU for each of these answers, each with a photo of its own, from the first call on or so often. */
async function skusMeeting(faults: readonly string[]): Promise<SkuInput[]> {
  return Promise.all(
    faults.map(async (fault, n) => {
      const bytes = await productPhoto({ seed: n, colour: distinctColour(n), width: 160, height: 160 });
      const url = supplier.serve(`/${n}.jpg`, bytes);
      return { sku: fault, images: [{ url }], attributes: { fault: `[[fault:${fault}]]` } };
    }),
  );
}

/** Runs them to their end; returns what came of each, and how often the model was asked. */
async function run(faults: readonly string[]) {
  const { id } = await studio.submit(await skusMeeting(faults), { main: { prompt: 'Edit. {{fault}}' } });
  const batch = await studio.ended(id);
  const { items } = await studio.api.skus(id, { limit: 100 });
  const outcomes = Object.fromEntries(
    items.map(({ input, state, record }) => [
      input.sku,
      record.failure?.code ?? state.replace('completed', 'made'),
    ]),
  );
  const messages = new Map(items.map(({ input, record }) => [input.sku, record.failure?.message ?? '']));
  return { batch, outcomes, messages, asked: gemini.stats().faults };
}

const each = <T>(names: readonly string[], value: T) =>
  Object.fromEntries(names.map((name) => [name, value]));

describe('an answer in another shape than the documented one', () => {
  test('is read, and paid for once', async () => {
    await studio.startWorker();
    const { batch, outcomes, asked } = await run(READABLE_SHAPES);
    // A picture that came only as a thought is for somebody to look at.
    expect(outcomes).toEqual({ ...each(READABLE_SHAPES, 'made'), thoughtOnly: 'needsReview' });
    expect(asked).toEqual(each(READABLE_SHAPES, 1));
    expect(batch.calls).toEqual({ made: READABLE_SHAPES.length, reused: 0, failed: 0 });
    expect(await studio.api.operatorMessages()).toEqual([]);
  });

  test('that cannot be read is paid for once, and told to the operator by its shape', async () => {
    const stop = await studio.startWorker();
    const shapes = [...UNREADABLE_SHAPES, 'endless'];
    const { outcomes, messages, asked, batch } = await run(shapes);
    expect(outcomes).toEqual(each(shapes, 'MODEL_NO_IMAGE'));
    expect(asked).toEqual(each(shapes, 1));
    expect(messages.get('unknownBody')).toContain('{status, picture: {encoding, content}}');
    expect(batch.costUsd).toBeGreaterThan(0.03 * shapes.length);
    const [message, ...others] = await studio.api.operatorMessages();
    expect(others).toEqual([]);
    expect(message).toMatchObject({ code: 'MODEL_ANSWER_UNREADABLE' });
    expect([...messages.values()]).toContain(message?.message);
    expect(await studio.api.boardQueues()[1]?.isPaused()).toBe(false);
    // Whoever has mended it restarts the workers.
    await stop();
    await studio.startWorker();
    await eventually(async () => expect(await studio.api.operatorMessages()).toEqual([]));
  });

  test('twenty times in a row stops the calls, until a worker is started anew', async () => {
    const stop = await studio.startWorker({ AI_CONCURRENCY: '1' });
    const skus = (await skusMeeting(Array.from({ length: 24 }, (_, n) => `S${n}`))).map((sku) => ({
      ...sku,
      attributes: { fault: '[[fault:unknownBody]]' },
    }));
    const { id } = await studio.submit(skus, { main: { prompt: 'Edit. {{fault}}' } });
    await eventually(async () => expect(await studio.api.boardQueues()[1]?.isPaused()).toBe(true));
    await eventually(async () => expect((await studio.api.batch(id))?.counts.failed).toBeGreaterThan(19));
    expect(gemini.stats().accepted).toBeLessThan(22);
    expect((await studio.api.operatorMessages()).map(({ code }) => code).sort()).toEqual([
      'MODEL_ANSWER_UNREADABLE',
      'MODEL_UNUSABLE',
    ]);
    await stop();
    await studio.startWorker();
    expect((await studio.ended(id)).counts.failed).toBe(24);
    expect(gemini.stats().accepted).toBe(24);
  });
});

test('no fault on the way buys more than two pictures for one slot', async () => {
  await studio.startWorker({ AI_TIMEOUT_MS: '1000' });
  const faults = ['truncated', 'reset', 'hang', 'slow', 'gatewayTimeout', 'badJson', 'empty', 'corrupt'];
  const { outcomes, messages, asked } = await run(faults);
  expect(asked).toEqual(each(faults, 2));
  expect(outcomes).toEqual({
    ...each(faults.slice(0, 5), 'MODEL_UNAVAILABLE'),
    ...each(faults.slice(5), 'MODEL_NO_IMAGE'),
  });
  for (const message of messages.values())
    expect(message).toContain('asked 2 times, each of which may have been');
});

test('a refusal, and a photo that could not be processed, are tried once more before they are final', async () => {
  await studio.startWorker();
  const refusals = ['imageSafety', 'recitation', 'other', 'blockedPrompt', 'e400'];
  const { outcomes, messages, asked } = await run([...refusals, ...refusals.map((fault) => `${fault}:1`)]);
  expect(outcomes).toEqual({
    ...each(refusals, 'MODEL_REFUSED'),
    e400: 'SOURCE_REJECTED',
    ...each(
      refusals.map((fault) => `${fault}:1`),
      'made',
    ),
  });
  expect(asked).toEqual(each(refusals, 3));
  expect(messages.get('e400')).toMatch(/cannot process the photo .*Unable to process input image/);
});

test('a usage of 1e308 is booked at the price list, and fails nobody', async () => {
  await studio.startWorker();
  const { batch, outcomes } = await run(['hugeUsage']);
  expect(outcomes).toEqual({ hugeUsage: 'made' });
  expect(batch.costUsd).toBeCloseTo((1120 * 30) / 1e6, 6);
});
