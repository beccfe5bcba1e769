import type { Failure, ImageRecord, SkuRecord } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectPatient, disconnect } from '../redis/connect.ts';
import type { SkuJob, SkuOutcome } from '../skus/sku-job.ts';
import { aPicture, aRecord, type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';

let studio: QueueFixture;

beforeEach(async () => {
  studio = await startQueueFixture();
});
afterEach(() => studio.close());

async function ended(id: string): Promise<void> {
  await eventually(async () => {
    if (!(await studio.api.batch(id))?.finishedAt) throw new Error('not ended');
  });
}

const STAGES = ['download', 'prepare', 'generate', 'finish', 'upload'];

/** Ends SKUs as their code says: `404…`, `slow…` and `refused…` fail, `grey…` fails a check, others succeed. */
async function bySku(job: SkuJob): Promise<SkuOutcome> {
  const begun = await job.begin();
  if (!begun) return { next: 'drop' };
  const failure = FAILURES[begun.input.sku.split('-')[0] ?? ''];
  if (failure) {
    await job.finish('failed', { ...aRecord(), failure });
    return { next: 'fail', failure };
  }
  const isGrey = begun.input.sku.startsWith('grey');
  await job.finish(isGrey ? 'needsReview' : 'completed', {
    ...withTimes([100, 20, 4000, 300, 50]),
    stage: null,
    images: [pictureFailing(isGrey ? ['background', 'fill'] : [])],
  });
  return { next: 'done' };
}

const FAILURES: Record<string, Failure> = {
  404: { code: 'SOURCE_NOT_FOUND', message: 'gone (404)', stage: 'download', retryable: false },
  slow: { code: 'SOURCE_TIMEOUT', message: 'took 20 s', stage: 'download', retryable: true },
  refused: { code: 'MODEL_REFUSED', message: 'blocked', stage: 'generate', retryable: false },
};

function withTimes(ms: number[]): SkuRecord {
  const at = new Date().toISOString();
  const timeline = ms.map((each, n) => ({
    stage: STAGES[n] as 'download',
    kind: 'main' as const,
    at,
    ms: each,
    attempt: 1,
  }));
  return { ...aRecord(), timeline };
}

function pictureFailing(rules: string[]): ImageRecord {
  const size = { rule: 'size', measured: '1 × 1', required: '1 × 1', pass: true };
  const failing = rules.map((rule) => ({ rule, measured: 1, required: '2', pass: false }));
  return aPicture({ checks: [size, ...failing], costUsd: 0 });
}

describe('the summary of a batch', () => {
  test('groups failures, counts failing checks and tells how far SKUs came', async () => {
    await studio.startWorker({ sku: bySku });
    const { id } = await studio.submit(['ok-1', 'slow-1', '404-1', 'grey-1', '404-2', 'refused-1', 'ok-2']);
    await ended(id);
    const summary = await studio.api.summary(id);
    expect(summary.failures).toEqual([
      {
        code: 'SOURCE_NOT_FOUND',
        count: 2,
        retryable: false,
        example: { sku: '404-1', message: 'gone (404)' },
      },
      { code: 'SOURCE_TIMEOUT', count: 1, retryable: true, example: { sku: 'slow-1', message: 'took 20 s' } },
      {
        code: 'MODEL_REFUSED',
        count: 1,
        retryable: false,
        example: { sku: 'refused-1', message: 'blocked' },
      },
    ]);
    expect(summary.checks).toEqual([
      { rule: 'background', count: 1 },
      { rule: 'fill', count: 1 },
    ]);
    expect(summary.stages).toEqual([
      { stage: 'download', active: 0, done: 4, p50Ms: 100 },
      { stage: 'prepare', active: 0, done: 4, p50Ms: 20 },
      { stage: 'generate', active: 0, done: 3, p50Ms: 4000 },
      { stage: 'finish', active: 0, done: 3, p50Ms: 300 },
      { stage: 'upload', active: 0, done: 3, p50Ms: 50 },
    ]);
    const sum = (field: 'done' | 'failed' | 'images') =>
      summary.history.reduce((total, bucket) => total + bucket[field], 0);
    expect([sum('done'), sum('failed'), sum('images')]).toEqual([3, 4, 3]);
  });

  test('counts calls when they leave and when they fail', async () => {
    await studio.startWorker({
      call: async (job) => {
        await job.quota.nextSlot();
        await job.quota.reserve(0.1);
        await job.quota.settle({ outcome: 'refused', costUsd: 0, latencyMs: 1, health: 'up', counted: true });
        return { next: 'fail', failure: FAILURES.refused as Failure };
      },
    });
    const { id } = await studio.submit(['a', 'b']);
    await ended(id);
    const { history } = await studio.api.summary(id);
    const sum = (field: 'calls' | 'callsFailed') =>
      history.reduce((total, bucket) => total + bucket[field], 0);
    expect([sum('calls'), sum('callsFailed')]).toEqual([2, 2]);
  });

  test('shows the stage of SKUs at work, and forgets failures that are tried again', async () => {
    let isMended = false;
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await studio.startWorker({
      sku: async (job) => {
        if (!isMended) return bySku(job);
        await job.begin();
        await job.note({ ...withTimes([10, 5]), stage: 'generate' });
        await held;
        await job.finish('completed', { ...aRecord(), stage: null, images: [pictureFailing([])] });
        return { next: 'done' };
      },
    });
    const { id } = await studio.submit(['slow-1', 'slow-2', '404-1']);
    await ended(id);
    isMended = true;
    await studio.api.retry(id, { reason: 'SOURCE_TIMEOUT' });
    await eventually(async () => {
      const { failures, stages } = await studio.api.summary(id);
      expect(failures).toMatchObject([{ code: 'SOURCE_NOT_FOUND', count: 1 }]);
      expect(stages.map(({ active }) => active)).toEqual([0, 0, 2, 0, 0]);
    });
    goOn();
    await ended(id);
  });

  test('is gone with its batch, and leaves no key behind', async () => {
    await studio.startWorker({ sku: bySku });
    const { id } = await studio.submit(['ok-1', '404-1', 'grey-1']);
    await ended(id);
    await studio.api.delete(id);
    const redis = connectPatient(studio.redis.url);
    expect(await redis.keys(`test:batch:${id}*`)).toEqual([]);
    await disconnect(redis);
  });

  test('keeps at most 120 buckets and loses nothing when they become wider', async () => {
    const { id } = await studio.submit(['ok-1', '404-1']);
    const redis = connectPatient(studio.redis.url);
    const newest = Math.floor(Date.now() / 10_000) * 10;
    for (let n = 1; n <= 120; n += 1)
      await redis.hset(`test:batch:${id}:history`, newest - n * 10, '1 2 3 4 5');
    await disconnect(redis);
    await studio.startWorker({ sku: bySku });
    await ended(id);
    const { history } = await studio.api.summary(id);
    const sum = (field: 'done' | 'failed' | 'images' | 'calls' | 'callsFailed') =>
      history.reduce((total, bucket) => total + bucket[field], 0);
    expect(history.every(({ seconds, at }) => seconds === 60 && at.endsWith(':00.000Z'))).toBe(true);
    expect(history.length).toBeLessThanOrEqual(22);
    expect([sum('done'), sum('failed'), sum('images')]).toEqual([121, 241, 361]);
    expect([sum('calls'), sum('callsFailed')]).toEqual([480, 600]);
  });
});

describe('lists', () => {
  test('find SKUs by failing check, failure and part of the code', async () => {
    await studio.startWorker({ sku: bySku });
    const { id } = await studio.submit(['ok-1', 'grey-1', '404-1', 'GREY-2', 'grey-3', 'slow-1']);
    await ended(id);
    const find = async (filter: object) =>
      (await studio.api.skus(id, { limit: 10, ...filter })).items.map(({ input }) => input.sku);
    expect(await find({ rule: 'fill' })).toEqual(['grey-1', 'grey-3']);
    expect(await find({ rule: 'fil' })).toEqual([]);
    expect(await find({ reason: 'SOURCE_NOT_FOUND' })).toEqual(['404-1']);
    expect(await find({ q: 'grey' })).toEqual(['grey-1', 'GREY-2', 'grey-3']);
    expect(await find({ q: '1', state: 'failed' })).toEqual(['404-1', 'slow-1']);
    const first = await studio.api.skus(id, { limit: 1, rule: 'fill' });
    const second = await studio.api.skus(id, { limit: 1, rule: 'fill', cursor: first.nextCursor ?? '' });
    expect([first.items[0]?.input.sku, second.items[0]?.input.sku]).toEqual(['grey-1', 'grey-3']);
    expect(second.nextCursor).toBeNull();
  });

  test('find failed SKUs that a process of an older version ended', async () => {
    await studio.startWorker({ sku: bySku });
    const { id } = await studio.submit(['404-1', 'ok-1', '404-2', 'slow-1']);
    await ended(id);
    const redis = connectPatient(studio.redis.url);
    await redis.del(`test:batch:${id}:codes`);
    await disconnect(redis);
    expect((await studio.api.skus(id, { reason: 'SOURCE_NOT_FOUND', limit: 9 })).items).toHaveLength(2);
    expect((await studio.api.summary(id)).failures).toMatchObject([{ count: 2 }, { count: 1 }]);
  });

  test('find batches by part of their name or id', async () => {
    const spring = await studio.submit(['a'], { name: 'Spring 2027' });
    const other = await studio.submit(['a'], { name: 'Autumn' });
    const find = async (q: string) => (await studio.api.batches({ q, limit: 10 })).items.map(({ id }) => id);
    expect(await find('SPRING')).toEqual([spring.id]);
    expect(await find(other.id.slice(3))).toEqual([other.id]);
    expect(await find('winter')).toEqual([]);
  });
});
