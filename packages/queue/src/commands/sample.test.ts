import { BatchOptions } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BatchState } from '../batch-store/batch-state.ts';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import { keysOf } from '../redis/keys.ts';
import { finishSkuScript } from '../skus/sku-progress.lua.ts';
import { readBill } from '../testing/billed-calls.ts';
import { startKillableWorker } from '../testing/killable-worker.ts';
import {
  aPlan,
  aRecord,
  OTHER_MODEL,
  type QueueFixture,
  skuHandler,
  startQueueFixture,
} from '../testing/queue-fixture.ts';

const keys = keysOf('test');
const SAMPLE = [3, 7, 11, 19];
const COUNT = 24;
let studio: QueueFixture;
let redis: Redis;

beforeEach(async () => {
  studio = await startQueueFixture({ jobLockMs: 900 });
  redis = connectPatient(studio.redis.url);
});
afterEach(async () => {
  await disconnect(redis);
  await studio.close();
});

async function submit(options: object = {}, plans: object = {}, sample = SAMPLE): Promise<string> {
  const skus = Array.from({ length: COUNT }, (_, n) => ({
    sku: `S${n}`,
    images: [{ url: `http://supplier.test/${n}.jpg` }],
  }));
  const parsed = BatchOptions.parse({ sample: sample.length, ...options });
  const { batch } = await studio.api.submit({ tenant: 'default', options: parsed, skus, sample, ...plans });
  return batch.id;
}

const until = (id: string, holds: (batch: BatchState) => boolean) =>
  eventually(
    async () => {
      const batch = await studio.api.batch(id);
      if (!batch || !holds(batch)) throw new Error(`not yet: ${JSON.stringify(batch)}`);
      return batch;
    },
    { timeoutMs: 20_000 },
  );
const ready = (id: string) => until(id, ({ pausedFor }) => pausedFor === 'sample');
const ended = (id: string) => until(id, ({ finishedAt }) => finishedAt !== null);
const statesOf = (id: string) => redis.get(`${keys.batch(id)}:states`);
const events = async (id: string) => (await studio.api.webhooks(id)).map(({ event }) => event);

describe('a batch with a sample', () => {
  test('makes it first and alone, waits for a person, and goes on with all others', async () => {
    const begun = new Set<number>();
    const worker = await studio.startWorker({
      sku: (job) => {
        begun.add(job.index);
        return skuHandler(worker)(job);
      },
    });
    const id = await submit({ webhookUrl: 'https://shop.test/hook' });
    expect((await studio.api.batch(id))?.sample).toEqual({ size: 4, state: expect.any(String) });
    const batch = await ready(id);
    expect(batch).toMatchObject({
      status: 'paused',
      sample: { size: 4, state: 'ready' },
      counts: { completed: 4, waiting: COUNT - 4, active: 0 },
      calls: { made: 4 },
      eta: null,
    });
    expect([...begun].sort((a, b) => a - b)).toEqual(SAMPLE);
    expect((await studio.api.sample(id)).map(({ index }) => index)).toEqual(SAMPLE);
    expect(await events(id)).toEqual(['batch.sample_ready']);

    await studio.api.resume(id);
    expect(await ended(id)).toMatchObject({
      sample: { state: 'done' },
      counts: { completed: COUNT },
      calls: { made: COUNT },
    });
    expect(await events(id)).toEqual(['batch.finished', 'batch.sample_ready']);
  });

  test('waits also when SKUs of it have failed, and a retry makes those again and waits once more', async () => {
    let isBroken = true;
    const failure = { code: 'SOURCE_TIMEOUT', message: 'no', stage: 'download', retryable: true } as const;
    const worker = await studio.startWorker({
      async sku(job) {
        if (!isBroken || job.index !== 7) return skuHandler(worker)(job);
        await job.begin();
        await job.finish('failed', { ...aRecord(), failure });
        return { next: 'fail', failure };
      },
    });
    const id = await submit();
    expect((await ready(id)).counts).toMatchObject({ completed: 3, failed: 1, waiting: COUNT - 4 });
    isBroken = false;
    expect(await studio.api.retry(id, {})).toEqual({ retried: 1 });
    expect((await until(id, ({ counts }) => counts.completed === 4)).counts.waiting).toBe(COUNT - 4);
    expect((await ready(id)).calls.made).toBe(4);
  });

  test('keeps its sample over a pause and is cancelled whole', async () => {
    const id = await submit();
    await studio.api.pause(id);
    expect(await studio.api.batch(id)).toMatchObject({ pausedFor: 'operator', sample: { state: 'making' } });
    await studio.api.resume(id);
    await studio.startWorker({});
    expect((await ready(id)).counts.completed).toBe(4);
    await studio.api.cancel(id);
    expect(await studio.api.batch(id)).toMatchObject({
      status: 'cancelled',
      sample: { state: 'done' },
      counts: { completed: 4, cancelled: COUNT - 4, waiting: 0 },
    });
  });

  test('lets another batch have the fleet while it waits, and counts as small while it is made', async () => {
    await studio.startWorker({});
    const id = await submit();
    const other = (await studio.submit(Array.from({ length: 30 }, (_, n) => `o${n}`))).id;
    expect((await ended(other)).counts.completed).toBe(30);
    expect((await ready(id)).counts.waiting).toBe(COUNT - 4);
  });

  test('waits although a process that knows no samples gave the others jobs and ended the last one', async () => {
    const worker = await studio.startWorker({});
    await worker.close(5000);
    const id = await submit();
    const batch = keys.batch(id);
    // As an earlier scheduler, worker and their scripts leave it.
    await redis.set(`${batch}:states`, 'w'.repeat(COUNT));
    for (const index of SAMPLE) {
      await redis.setrange(`${batch}:states`, index, 'c');
      await redis.hincrby(batch, 'waiting', -1);
      await redis.hincrby(batch, 'completed', 1);
    }
    await studio.startWorker({});
    const state = await ready(id);
    expect(state.counts).toMatchObject({ completed: 4, waiting: COUNT - 4 });
    expect(await statesOf(id)).toMatch(/^[qc]+$/);
  });

  test('is not paused twice, nor after it has gone on, by a job that ends late', async () => {
    await studio.startWorker({});
    const id = await submit();
    await ready(id);
    await studio.api.resume(id);
    const batch = keys.batch(id);
    const late = [3, 1, 'c', JSON.stringify(aRecord()), 0, '', 0, '', '-', '-', ''];
    await finishSkuScript(redis, [batch, keys.totals, keys.open, keys.throughput], late);
    expect((await ended(id)).counts).toMatchObject({ completed: COUNT });
  });
});

test('a sample that its workers die over is made once, and nothing else is', async () => {
  const id = await submit();
  const options = { redisUrl: studio.redis.url, latencyMs: 60, jobLockMs: 400 };
  for (let storms = 0; storms < 2; storms += 1) {
    const worker = await startKillableWorker(options);
    await new Promise((resolve) => setTimeout(resolve, 120 + 150 * storms));
    await worker.kill();
  }
  const last = await startKillableWorker(options);
  const batch = await ready(id);
  expect(batch.counts).toMatchObject({ completed: 4, waiting: COUNT - 4, active: 0 });
  // A killed process may leave a call on the wire, which is made again; nobody buys one for the rest.
  const { byCall } = await readBill(redis);
  expect(Object.keys(byCall)).toHaveLength(4);
  await studio.api.resume(id);
  expect((await ended(id)).counts.completed).toBe(COUNT);
  expect(Object.keys((await readBill(redis)).byCall)).toHaveLength(COUNT);
  await last.kill();
});

test('models that are compared each make the sample before the batch waits, whoever dies, and the winner makes the rest', async () => {
  const plans = { plan: aPlan(), nextPlans: [{ ...aPlan(), model: OTHER_MODEL }] };
  const id = await submit({ compare: ['a', 'b'] }, plans);
  const options = { redisUrl: studio.redis.url, latencyMs: 60, jobLockMs: 400 };
  for (let storms = 0; storms < 2; storms += 1) {
    const worker = await startKillableWorker(options);
    await new Promise((resolve) => setTimeout(resolve, 150 + 150 * storms));
    await worker.kill();
  }
  const last = await startKillableWorker(options);
  expect((await ready(id)).counts).toMatchObject({ completed: 4, waiting: COUNT - 4, active: 0 });
  expect(await studio.api.plan(id)).toMatchObject({ model: OTHER_MODEL });
  expect(Object.keys((await readBill(redis)).byCall)).toHaveLength(8);
  // The first one wins: its pictures are there.
  const outcome = await studio.api.changeSample(id, {
    apply: 'all',
    change: (before) => ({ options: { ...before, model: 'a' }, plan: aPlan() }),
    outdate: ({ record }) => record,
  });
  expect(outcome).toEqual({ verdict: 'done', again: 4 });
  const { calls } = await ended(id);
  await last.kill();
  // Each call was sent once, and once more where a killed process had it on the wire.
  const { total, byCall } = await readBill(redis);
  expect(Object.keys(byCall)).toHaveLength(4 + COUNT);
  expect(total - calls.failed).toBe(4 + COUNT);
  expect(calls.made).toBe(total);
});

describe('changing a batch that waits with its sample', () => {
  const order = (apply: 'sample' | 'rest', again: readonly number[] = []) => ({
    apply,
    change: (before: BatchOptions) => ({
      options: { ...before, temperature: 0.5 },
      plan: A_PLAN,
    }),
    outdate: (entry: { index: number; record: ReturnType<typeof aRecord> }) =>
      again.includes(entry.index) ? entry.record : null,
  });
  const A_PLAN = { ...aPlan(), model: OTHER_MODEL };

  test('makes the SKUs again that it changes, and waits once more', async () => {
    const starts: number[] = [];
    const worker = await studio.startWorker({
      sku: (job) => {
        starts.push(job.index);
        return skuHandler(worker)(job);
      },
    });
    const id = await submit();
    await ready(id);
    starts.length = 0;
    expect(await studio.api.changeSample(id, order('sample', [7, 19]))).toEqual({
      verdict: 'done',
      again: 2,
    });
    expect(await studio.api.plan(id)).toMatchObject({ model: 'n' });
    await until(id, ({ pausedFor, counts }) => pausedFor === 'sample' && counts.completed === 4);
    expect(new Set(starts)).toEqual(new Set([7, 19]));
    expect(await studio.api.changeSample(id, order('sample'))).toEqual({ verdict: 'done', again: 0 });
    expect((await ready(id)).options.temperature).toBe(0.5);
  });

  test('for the rest leaves the sample and goes on', async () => {
    await studio.startWorker({});
    const id = await submit();
    await ready(id);
    expect(await studio.api.changeSample(id, order('rest', [7]))).toEqual({ verdict: 'done', again: 0 });
    expect((await ended(id)).counts.completed).toBe(COUNT);
    expect(await studio.api.changeSample(id, order('rest'))).toEqual({ verdict: 'idle' });
  });

  test('does nothing to a batch that is still making it', async () => {
    const id = await submit();
    expect(await studio.api.changeSample(id, order('sample'))).toEqual({ verdict: 'idle' });
    expect(await studio.api.plan(id)).toBeNull();
  });
});
