import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SkuJob, SkuOutcome } from '../skus/sku-job.ts';
import type { StudioWorker } from '../studio-worker.ts';
import {
  aCall,
  anEntry,
  aRecord,
  callHandler,
  keyFor,
  type QueueFixture,
  skuHandler,
  startQueueFixture,
} from '../testing/queue-fixture.ts';

/** Slow enough that calls, not this machine, are what batches compete for. */
const CALLS_PER_MINUTE = 1200;
/** For what also needs SKUs that make no calls, or only some, to keep up beside other tests. */
const FEWER_CALLS_PER_MINUTE = 600;
/** Calls that are on their way when a batch comes in, and those made while a busy machine gets its own ready. */
const ON_THEIR_WAY = 60;

let studio: QueueFixture;
/** Batch ids in the order of their calls. */
let calls: string[];

beforeEach(async () => {
  studio = await startQueueFixture();
  calls = [];
});
afterEach(() => studio.close());

let submitted = 0;
/** SKUs that share no picture with any other batch. */
const skus = (count: number) => {
  submitted += 1;
  return Array.from({ length: count }, (_, n) => `${submitted}-${n}`);
};

async function startWorkers(count: number, callsPerMinute = CALLS_PER_MINUTE): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const worker = await studio.startWorker(
      {
        sku: (job) => skuHandler(worker, keyFor)(job),
        call: (job) => callHandler(worker, ({ data }) => calls.push(data.batchId))(job),
      },
      { callsPerMinute },
    );
  }
}

const countOf = (id: string, from = 0) => calls.slice(from).filter((one) => one === id).length;
const reach = (condition: () => boolean) =>
  eventually(async () => expect(condition()).toBe(true), { timeoutMs: 30_000 });

let atSubmission = 0;
/** By the order of the calls, not by the clock: this machine may be busy. */
function expectSmallToHavePassed(id: string): void {
  const first = calls.indexOf(id);
  expect(first - atSubmission).toBeLessThanOrEqual(ON_THEIR_WAY);
  expect(calls.lastIndexOf(id) + 1 - first).toBeLessThanOrEqual(20 * 1.7);
}

describe('fair share', () => {
  test('a batch of 20 behind one of 5,000 needs fewer than 1.7 times its own calls, and the large one goes on', async () => {
    await startWorkers(2);
    const large = await studio.submit(skus(5000));
    await reach(() => calls.length >= 20);
    atSubmission = calls.length;
    const small = await studio.submit(skus(20));
    await reach(() => countOf(small.id) === 20);
    expectSmallToHavePassed(small.id);
    expect(countOf(large.id, calls.indexOf(small.id))).toBeGreaterThanOrEqual(2);
  });

  test('a tenant with one small batch has its turns beside one with fifty, and the fifty go on', async () => {
    await startWorkers(2);
    for (let n = 0; n < 50; n += 1) await studio.submit(skus(100), {}, 'many');
    await reach(() => calls.length >= 20);
    atSubmission = calls.length;
    const small = await studio.submit(skus(20), {}, 'one');
    await reach(() => countOf(small.id) === 20);
    expectSmallToHavePassed(small.id);
    expect(calls.length - calls.indexOf(small.id) - 20).toBeGreaterThanOrEqual(2);
  });

  test('tenants share evenly, whatever the number of their batches, and so do the batches of one tenant', async () => {
    await startWorkers(1);
    const many = [];
    for (let n = 0; n < 5; n += 1) many.push((await studio.submit(skus(400), {}, 'many')).id);
    const { id } = await studio.submit(skus(400), {}, 'one');
    await reach(() => countOf(id) >= 12);
    const from = calls.length;
    await reach(() => calls.length >= from + 100);
    const window = calls.slice(from, from + 100);
    expect(window.filter((one) => one === id).length).toBeGreaterThanOrEqual(45);
    expect(window.filter((one) => one === id).length).toBeLessThanOrEqual(55);
    for (const one of many) expect(window.filter((each) => each === one).length).toBeGreaterThanOrEqual(2);
  });

  test('a batch that was paused comes back with its turns of now, neither saved nor lost', async () => {
    await startWorkers(1, FEWER_CALLS_PER_MINUTE);
    const first = await studio.submit(skus(400));
    const second = await studio.submit(skus(400));
    await reach(() => countOf(second.id) >= 12);
    await studio.api.pause(first.id);
    const pausedAt = countOf(first.id);
    const from = calls.length;
    await reach(() => calls.length >= from + 30);
    expect(countOf(first.id) - pausedAt).toBeLessThanOrEqual(1);
    await studio.api.resume(first.id);
    await reach(() => countOf(first.id) > pausedAt + 8);
    const back = calls.length;
    await reach(() => calls.length >= back + 40);
    expect(countOf(first.id, back)).toBeGreaterThanOrEqual(16);
    expect(countOf(second.id, back)).toBeGreaterThanOrEqual(16);
  });

  test('counts calls: neither several pictures a SKU nor pictures that are paid for change whose turn it is', async () => {
    const large = skus(300);
    const half = skus(400);
    const paid = new Set(half.filter((_, n) => n % 2 === 0));
    for (let n = 0; n < 2; n += 1) {
      const worker = await studio.startWorker(
        {
          sku: (job) => threePictures(worker, job),
          call: (job) => callHandler(worker, ({ data }) => calls.push(data.batchId))(job),
        },
        { callsPerMinute: FEWER_CALLS_PER_MINUTE },
      );
      for (const sku of paid) await worker.ledger.record(keyFor(sku), anEntry('somebody'));
    }
    const many = await studio.submit(large, { name: 'three' });
    const reused = await studio.submit(half);
    await reach(() => countOf(many.id) >= 12 && countOf(reused.id) >= 12);
    const from = calls.length;
    await reach(() => calls.length >= from + 100);
    const share = calls.slice(from, from + 100).filter((one) => one === reused.id).length;
    expect(share).toBeGreaterThanOrEqual(42);
    expect(share).toBeLessThanOrEqual(58);
    const batch = await studio.api.batch(reused.id);
    expect(batch?.calls.reused).toBeGreaterThan(0);
  });
});

/** SKUs of a batch that is called three need a main picture, and two more when it is there. */
async function threePictures(worker: StudioWorker, job: SkuJob): Promise<SkuOutcome> {
  const begun = await job.begin();
  if (!begun) return { next: 'drop' };
  const { sku } = begun.input;
  const isThree = (await studio.api.batch(job.batchId))?.name === 'three';
  for (const texts of isThree ? [[sku], [`b${sku}`, `c${sku}`]] : [[sku]]) {
    const needed = [];
    for (const callKey of texts.map(keyFor)) {
      const entry = await worker.ledger.find(callKey);
      if (!entry) needed.push(aCall(callKey));
      else if (entry.payer === 'somebody') await job.noteReuse(callKey);
    }
    await job.note(aRecord());
    if (needed.length > 0) return { next: 'waitForCalls', calls: needed };
  }
  await job.finish('completed', aRecord());
  return { next: 'done' };
}
