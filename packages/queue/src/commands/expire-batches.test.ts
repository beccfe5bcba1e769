import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createStudioApi } from '../create-studio-api.ts';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import type { StudioWorker } from '../studio-worker.ts';
import { type QueueFixture, skuHandler, startQueueFixture } from '../testing/queue-fixture.ts';

const DAY_MS = 86_400_000;
const DAYS = 90;

let studio: QueueFixture;
let redis: Redis;
let worker: StudioWorker;

beforeEach(async () => {
  studio = await startQueueFixture();
  redis = connectPatient(studio.redis.url);
  worker = await studio.startWorker({
    // Every third SKU fails, so that there are jobs of all kinds to be left over.
    sku: async (job) => {
      const begun = await job.begin();
      if (begun?.input.sku.endsWith('3')) {
        const failure = {
          code: 'SOURCE_NOT_FOUND',
          message: 'gone',
          stage: 'download',
          retryable: false,
        } as const;
        await job.finish('failed', { stage: 'download', attempts: 1, timeline: [], images: [], failure });
        return { next: 'fail', failure };
      }
      return skuHandler(worker)(job);
    },
    webhook: async () => ({ result: 'delivered', statusCode: 204, error: null, ms: 1 }),
  });
});
afterEach(async () => {
  await disconnect(redis);
  await studio.close();
});

async function ended(id: string): Promise<void> {
  await eventually(async () => expect((await studio.api.batch(id))?.finishedAt).not.toBeNull(), {
    timeoutMs: 30_000,
  });
}

/** A batch of 20 SKUs that has been through everything, its webhook delivered. */
async function spentBatch(): Promise<string> {
  const skus = Array.from({ length: 20 }, (_, n) => `s${n}`);
  const { id } = await studio.submit(skus, {
    concurrency: 3,
    budgetUsd: 50,
    webhookUrl: 'http://hook.test/',
  });
  await studio.api.pause(id);
  await studio.api.resume(id);
  await ended(id);
  await studio.api.review(id, [0, 1], { decision: 'regenerate', planned: ['main'] });
  await studio.api.cancel(id);
  await ended(id);
  await studio.api.retry(id, {});
  await ended(id);
  await eventually(async () => {
    expect((await studio.api.webhooks(id)).map(({ status }) => status)).not.toContain('pending');
  });
  return id;
}

/** Writes its manifest, as far as Redis knows. */
async function manifestWritten(id: string): Promise<void> {
  await eventually(async () => {
    await (await worker.manifests.next())?.done();
    expect(await redis.zscore('test:manifests', id)).toBeNull();
  });
}

/** Moves what the batch remembers of time into the past. */
async function age(id: string, days: number): Promise<void> {
  const back = days * DAY_MS;
  for (const field of ['createdAt', 'finishedAt']) {
    await redis.hset(`test:batch:${id}`, field, Number(await redis.hget(`test:batch:${id}`, field)) - back);
  }
  for (const index of ['test:batches', 'test:batches:default']) await redis.zincrby(index, -back, id);
}

/** Keys that name the batch, or hold its name anywhere. */
async function tracesOf(id: string): Promise<string[]> {
  const traces: string[] = [];
  for (const key of await redis.keys('*')) {
    const type = await redis.type(key);
    const value =
      type === 'hash'
        ? await redis.hgetall(key)
        : type === 'zset'
          ? await redis.zrange(key, '0', '-1')
          : type === 'set'
            ? await redis.smembers(key)
            : type === 'list'
              ? await redis.lrange(key, 0, -1)
              : type === 'stream'
                ? await redis.xrange(key, '-', '+')
                : await redis.get(key);
    if (`${key} ${JSON.stringify(value)}`.includes(id)) traces.push(key);
  }
  return traces.sort();
}

describe('a batch that ended long ago', () => {
  test('is forgotten with all that it has in Redis, once its manifest is written', async () => {
    const id = await spentBatch();
    await age(id, DAYS + 1);
    expect(await worker.expireBatches(DAYS)).toHaveLength(0);
    await manifestWritten(id);
    expect((await tracesOf(id)).length).toBeGreaterThan(20);
    expect(await worker.expireBatches(DAYS)).toHaveLength(1);
    expect(await studio.api.batch(id)).toBeNull();
    expect(await worker.expireBatches(DAYS)).toHaveLength(0);
    // News of the last 2,000 events of each queue, calls of the last minute, and what remembers paid pictures: all of
    // them end by themselves.
    const left = await tracesOf(id);
    expect(
      left.filter((key) => !/^test:(sku|ai|webhook):events$|^test:calls$|^test:ledger:/.test(key)),
    ).toEqual([]);
    for (const key of left.filter((key) => key.startsWith('test:ledger:'))) {
      expect(await redis.ttl(key)).toBeGreaterThan(0);
      expect(await redis.ttl(key)).toBeLessThanOrEqual(30 * 86_400);
    }
  });

  test('gets its manifest first, if an earlier version wrote none', async () => {
    const id = await spentBatch();
    await manifestWritten(id);
    await age(id, DAYS + 1);
    await redis.hdel(`test:batch:${id}`, 'manifestRest');
    expect(await worker.expireBatches(DAYS)).toHaveLength(0);
    const due = await worker.manifests.next();
    expect(due?.batch.id).toBe(id);
    await due?.done();
    expect(await worker.expireBatches(DAYS)).toHaveLength(1);
  });

  test('goes alone: younger ones, running ones and another with the same pictures stay', async () => {
    const old = await spentBatch();
    const young = await spentBatch();
    const { id: open } = await studio.submit(['x']);
    await ended(open);
    await studio.api.review(open, [0], { decision: 'regenerate', planned: ['main'] });
    await studio.api.pause(open);
    for (const id of [old, young]) await manifestWritten(id);
    await age(old, DAYS + 1);
    await age(young, DAYS - 1);
    const before = await tracesOf(young);
    expect(await worker.expireBatches(DAYS)).toHaveLength(1);
    expect(await studio.api.batch(old)).toBeNull();
    expect(await tracesOf(young)).toEqual(before);
    expect(await studio.api.batch(open)).not.toBeNull();
  });

  test('is told beforehand, and not while it is kept for good or runs', async () => {
    const config = {
      redisUrl: studio.redis.url,
      prefix: 'test',
      quota: { model: 'm', callsPerMinute: 6000 },
    };
    const telling = createStudioApi({ ...config, retentionDays: DAYS, log: { info() {}, warn() {} } });
    const { id } = await studio.submit(['x']);
    await ended(id);
    const finishedAt = (await studio.api.batch(id))?.finishedAt ?? '';
    await eventually(async () => {
      const [listed] = (await telling.batches({ limit: 1 })).items;
      expect(Date.parse(listed?.expiresAt ?? '')).toBe(Date.parse(finishedAt) + DAYS * DAY_MS);
    });
    expect((await studio.api.batch(id))?.expiresAt).toBeNull();
    await worker.holdWork('CODE', 'so that it stays open');
    const open = await studio.submit(['y']);
    expect((await telling.batch(open.id))?.expiresAt).toBeNull();
    await worker.releaseWork('CODE');
    await telling.close();
  });

  test('is forgotten once by several processes at once', async () => {
    const ids = [await spentBatch(), await spentBatch()];
    const other = await studio.startWorker({});
    for (const id of ids) {
      await manifestWritten(id);
      await age(id, DAYS + 1);
    }
    await Promise.all([worker.expireBatches(DAYS), other.expireBatches(DAYS), worker.expireBatches(DAYS)]);
    expect((await studio.api.batches({ limit: 10 })).items).toEqual([]);
    for (const id of ids)
      expect((await tracesOf(id)).filter((key) => key.startsWith('test:batch'))).toEqual([]);
  });
});
