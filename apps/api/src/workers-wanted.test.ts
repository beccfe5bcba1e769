import { createStudioWorker } from '@image-studio/queue';
import { createLogger } from '@image-studio/runtime';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';
import { meanCapacity, workersWanted } from './workers-wanted.ts';

describe('workers wanted', () => {
  const capacity = { cpus: 2, aiConcurrency: 32, cpuMsPerPicture: 500 };
  const quota = (callsPerMinute: number, p50 = 4000) => ({
    callsPerMinute,
    latencyMs: { p50, p90: 2 * p50 },
  });

  test('grow with the quota, not with the queue', () => {
    expect(workersWanted(10_000, quota(60), capacity)).toBe(1);
    expect(workersWanted(600_000, quota(60), capacity)).toBe(1);
    expect(workersWanted(10_000, quota(600), capacity)).toBe(4);
    expect(workersWanted(10_000, quota(6000), capacity)).toBe(11);
  });

  test('are as many as the cores and the calls of a minute take', () => {
    expect(workersWanted(10_000, quota(600), { ...capacity, cpus: 8 })).toBe(2);
    expect(workersWanted(10_000, quota(600), { ...capacity, cpuMsPerPicture: 50 })).toBe(2);
    expect(workersWanted(10_000, quota(600, 30_000), { ...capacity, cpuMsPerPicture: 50 })).toBe(10);
  });

  test('are few for little work and none without', () => {
    expect(workersWanted(1, quota(6000), capacity)).toBe(1);
    expect(workersWanted(100, quota(6000), capacity)).toBe(1);
    expect(workersWanted(0, quota(60), capacity)).toBe(0);
  });

  test('are judged by what workers say of themselves', () => {
    const told = (cpus: number, cpuMsPerPicture: number | null) => ({
      capacity: { cpus, aiConcurrency: 32, cpuMsPerPicture },
    });
    expect(meanCapacity([told(2, 400), told(4, null), {}])).toEqual({
      cpus: 3,
      aiConcurrency: 32,
      cpuMsPerPicture: 400,
    });
    expect(meanCapacity([{}])).toBeUndefined();
  });
});

describe('the metric, over a real Redis', () => {
  let redis: TestRedis;
  let api: TestApi;

  beforeAll(async () => {
    redis = await startTestRedis();
    api = await startTestApi({ REDIS_URL: redis.url, AI_CALLS_PER_MINUTE: '60' });
    await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
  });
  afterAll(async () => {
    await api?.close();
    await redis?.stop();
  });

  async function wanted(): Promise<number> {
    const text = await (await fetch(`${api.url}/metrics`)).text();
    return Number(/^image_studio_workers_wanted (\S+)$/m.exec(text)?.[1]);
  }

  test('is 1 for 10,000 SKUs at 60 calls a minute, rises with the quota, follows the workers, and is 0 at the end', async () => {
    expect(await wanted()).toBe(0);
    const skus = Array.from({ length: 10_000 }, (_, n) => ({
      sku: `S${n}`,
      images: [{ url: 'https://photos.example/a.jpg' }],
    }));
    const { body } = await api.call('POST', '/batches', { skus });
    await eventually(async () => expect(await wanted()).toBe(1));
    await api.call('PUT', '/quota', { callsPerMinute: 600 });
    await eventually(async () => expect(await wanted()).toBe(4));
    const worker = createStudioWorker({
      redisUrl: redis.url,
      prefix: api.config.queuePrefix,
      version: 'test',
      quota: { callsPerMinute: 60 },
      callTimeoutMs: 1000,
      skuConcurrency: 1,
      aiConcurrency: 32,
      jobLockMs: 3000,
      log: createLogger({ level: 'silent', name: 'worker' }),
      capacity: () => ({ cpus: 1, aiConcurrency: 32, cpuMsPerPicture: 400 }),
    });
    const waits = () =>
      new Promise<never>((_resolve, reject) => setImmediate(reject, new Error('not today')));
    await worker.start({ sku: waits, call: waits, webhook: waits });
    await eventually(async () => expect(await wanted()).toBe(5));
    await worker.close(1000);
    // Nobody is there any more, and what they said still holds.
    expect(await wanted()).toBe(5);
    await api.call('POST', `/batches/${body.id}/cancel`);
    await eventually(async () => expect(await wanted()).toBe(0), { timeoutMs: 30_000 });
  });
});
