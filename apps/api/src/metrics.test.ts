import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMetrics } from '@image-studio/runtime';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import express from 'express';
import { exposeMetrics } from './metrics.ts';
import { startTestApi } from './testing/start-test-api.ts';

test('a hundred scrapers at once make Redis be read once a second', async () => {
  let reads = 0;
  const api = {
    async queueCounts() {
      reads += 1;
      return { sku: {}, ai: {}, webhook: {}, chore: {} };
    },
    openBatches: async () => ({ count: 0, longestWaitMs: 0 }),
    fleetTotals: async () => ({ skus: [], calls: [], images: [], costUsd: 0 }),
    poolNames: async () => ['default'],
    quota: async () => ({ utilisation: 0.5, callsPerMinute: 60, breakerOpen: false }) as never,
    workers: async () => [],
    operatorMessages: async () => [],
    redisCondition: () => ({ messages: [], memoryRatio: null }),
    ping: async () => {},
  };
  const server = createServer(express().use(exposeMetrics(createMetrics({ processMetrics: false }), api)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const from = performance.now();
  const texts = await Promise.all(
    Array.from({ length: 100 }, async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
  );
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(new Set(texts).size).toBe(1);
  expect(texts[0]).toContain('image_studio_redis_up 1');
  // Once a second at most, however long a busy machine takes for all of them.
  expect(reads).toBeLessThanOrEqual(1 + Math.floor((performance.now() - from) / 1000));
  expect(reads).toBeGreaterThan(0);
});

test('a Redis that hangs is told of, instead of hanging the scrape', async () => {
  const never = () => new Promise<never>(() => {});
  const api = {
    queueCounts: never,
    openBatches: never,
    fleetTotals: never,
    poolNames: never,
    quota: never,
    workers: never,
    operatorMessages: never,
    redisCondition: () => ({ messages: [], memoryRatio: null }),
    ping: never,
  };
  const server = createServer(express().use(exposeMetrics(createMetrics({ processMetrics: false }), api)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(text).toContain('image_studio_redis_up 0');
  expect(text).toContain('image_studio_redis_writable 0');
});

describe('who may read metrics', () => {
  const KEYS = 'viewer@look-key-of-tests,viewer@acme:acme-key-of-tests';
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startTestRedis();
  });
  afterAll(() => redis?.stop());

  async function statuses(METRICS_ACCESS: string) {
    const api = await startTestApi({ REDIS_URL: redis.url, API_KEYS: KEYS, METRICS_ACCESS });
    await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${api.url}/metrics`, { headers })).status;
    const basic = Buffer.from('prometheus:look-key-of-tests').toString('base64');
    const all = {
      nobody: await status({}),
      tenant: await status({ authorization: 'Bearer acme-key-of-tests' }),
      bearer: await status({ authorization: 'Bearer look-key-of-tests' }),
      basic: await status({ authorization: `Basic ${basic}` }),
    };
    await api.close();
    return all;
  }

  test('is everybody, those with a key of the default tenant, or nobody', async () => {
    expect(await statuses('open')).toEqual({ nobody: 200, tenant: 200, bearer: 200, basic: 200 });
    expect(await statuses('key')).toEqual({ nobody: 401, tenant: 403, bearer: 200, basic: 200 });
    expect(await statuses('off')).toEqual({ nobody: 404, tenant: 404, bearer: 404, basic: 404 });
  });
});

test('tells how many batches are open and how long the first SKU waits, which paused ones do not count for', async () => {
  const redis = await startTestRedis();
  const api = await startTestApi({ REDIS_URL: redis.url });
  try {
    const post = (path: string, body?: object) =>
      fetch(`${api.url}/api/v1${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
    const skus = [{ sku: 'A', images: [{ url: 'https://supplier.example/a.jpg' }] }];
    await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
    const { id } = (await (await post('/batches', { skus })).json()) as { id: string };
    const read = async () => {
      const text = await (await fetch(`${api.url}/metrics`)).text();
      const value = (name: string) => Number(new RegExp(`^image_studio_${name} (.*)$`, 'm').exec(text)?.[1]);
      return { open: value('open_batches'), wait: value('longest_wait_seconds') };
    };
    await eventually(async () => expect((await read()).wait).toBeGreaterThan(2), { timeoutMs: 20_000 });
    expect((await read()).open).toBe(1);
    await post(`/batches/${id}/pause`);
    await eventually(async () => expect(await read()).toEqual({ open: 1, wait: 0 }), { timeoutMs: 20_000 });
  } finally {
    await api.close();
    await redis.stop();
  }
});
