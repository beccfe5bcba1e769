import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';

let server: TestRedis;
let redis: Redis;
let api: TestApi;

beforeAll(async () => {
  server = await startTestRedis();
  redis = new Redis(server.url);
  api = await startTestApi({ REDIS_URL: server.url });
  await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
});
afterAll(async () => {
  await api?.close();
  redis?.disconnect();
  await server?.stop();
});

async function wanted(): Promise<number> {
  const text = await (await fetch(`${api.url}/metrics`)).text();
  return Number(/^image_studio_workers_wanted (\d+)$/m.exec(text)?.[1]);
}

test('what an autoscaler follows rises with work and falls without, where the length of the wait list does not', async () => {
  const waitList = () => redis.llen('studio:sku:wait');
  expect([await wanted(), await waitList()]).toEqual([0, 0]);
  const skus = Array.from({ length: 3000 }, (_, n) => ({
    sku: `S${n}`,
    images: [{ url: `https://x.example/${n}.jpg` }],
  }));
  const { body } = await api.call('POST', '/batches', { skus });
  await eventually(async () => expect(await wanted()).toBeGreaterThan(1));
  // 3,000 SKUs wait, and a scaler that looks here sees none.
  expect(await waitList()).toBe(0);
  await api.call('POST', `/batches/${body.id}/cancel`);
  await eventually(async () => expect(await wanted()).toBe(0));
});
