import { DEFAULT_POOL } from '@image-studio/contract';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openCallPools } from '../jobs/call-pools.ts';
import { openQueue, SKU_QUEUE } from '../jobs/queues.ts';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import { keysOf } from '../redis/keys.ts';
import {
  callHandler,
  keyFor,
  type QueueFixture,
  skuHandler,
  startQueueFixture,
} from '../testing/queue-fixture.ts';
import { seedBatches } from '../testing/seed-batches.ts';
import { createScheduler } from './scheduler.ts';

const keys = keysOf('test');
let server: TestRedis;
let redis: Redis;

beforeEach(async () => {
  server = await startTestRedis();
  redis = connectPatient(server.url);
});
afterEach(async () => {
  await disconnect(redis);
  await server.stop();
});

/** Commands that Redis ran, those of scripts included, while `work` ran. */
async function commandsOf(work: () => Promise<unknown>): Promise<number> {
  await redis.config('RESETSTAT');
  await work();
  const stats = await redis.info('commandstats');
  return [...stats.matchAll(/calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
}

describe('a scheduler', () => {
  test('looks at no more when 10 million SKUs wait than when 640,000 do', async () => {
    const skuQueue = openQueue(SKU_QUEUE, redis, 'test');
    await skuQueue.waitUntilReady();
    const config = { name: DEFAULT_POOL, quota: { callsPerMinute: 60 } };
    const pools = openCallPools({ redis, keys }, [config], (name) => openQueue(name, redis, 'test'));
    const scheduler = createScheduler(() => ({ redis, keys, skuQueue, pools, background: () => {} }));
    // Once with full queues: nothing is left to add.
    const look = async () => {
      for (let times = 0; times < 10; times += 1)
        await eventually(async () => expect(await scheduler.now()).toBe(true));
    };
    await seedBatches(redis, keys, { batches: 64, skus: 10_000 });
    await look();
    const before = await commandsOf(look);
    await seedBatches(redis, keys, { batches: 936, skus: 10_000, from: 64 });
    await look();
    const after = await commandsOf(look);
    scheduler.close();
    await Promise.all([skuQueue.close(), pools.close()]);
    expect(after / before).toBeLessThan(2);
  });
});

describe('many waiting batches, as an earlier version left them', () => {
  let studio: QueueFixture;
  let calls: string[];
  beforeEach(async () => {
    studio = await startQueueFixture({ redis: server });
    calls = [];
  });
  afterEach(() => studio.close());

  async function startWorker(callsPerMinute: number): Promise<void> {
    const worker = await studio.startWorker(
      {
        sku: (job) => skuHandler(worker, (sku) => keyFor(`${job.batchId}${sku}`))(job),
        call: (job) => callHandler(worker, ({ data }) => calls.push(data.batchId))(job),
      },
      { callsPerMinute },
    );
  }

  test('all have their turn, and all end', async () => {
    const ids = await seedBatches(redis, keys, { batches: 150, skus: 2 });
    await startWorker(6000);
    await eventually(async () => expect(await redis.zcard(keys.open)).toBe(0), { timeoutMs: 60_000 });
    expect(new Set(calls)).toEqual(new Set(ids));
    expect(calls).toHaveLength(300);
    // Nothing is left of the lines.
    await eventually(async () => expect(await redis.keys('test:enqueueing*')).toEqual([]));
  });

  test('a small batch behind 200 of 1,000 SKUs starts at once, and so does another tenant', async () => {
    await seedBatches(redis, keys, { batches: 200, skus: 1000 });
    await startWorker(600);
    await eventually(() => expect(calls.length).toBeGreaterThan(20), { timeoutMs: 30_000 });
    // 64 batches of 16, and a minute and a half of quota.
    expect(await redis.zcard('test:sku:prioritized')).toBeLessThan(2300);
    const small = await studio.submit(['a', 'b', 'c', 'd']);
    const other = await studio.submit(
      Array.from({ length: 300 }, (_, n) => `o${n}`),
      {},
      'other',
    );
    const from = calls.length;
    const countOf = (id: string) => calls.slice(from).filter((one) => one === id).length;
    await eventually(() => expect(countOf(small.id)).toBeGreaterThan(0), { timeoutMs: 30_000 });
    expect(calls.slice(from).indexOf(small.id)).toBeLessThan(60);
    await eventually(() => expect(calls.length - from).toBeGreaterThan(200), { timeoutMs: 30_000 });
    const share = calls.slice(from + 120, from + 200).filter((one) => one === other.id).length;
    expect(share).toBeGreaterThan(30);
    expect(share).toBeLessThan(50);
  });
});
