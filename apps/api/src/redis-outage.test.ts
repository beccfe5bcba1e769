import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { eventually, REFUSALS, refuse, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { createAuthority } from '@image-studio/testkit/certificates';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';

const SKUS = { skus: [{ sku: 'S1', images: [{ url: 'http://supplier.test/1.jpg' }] }] };
const ORIGINAL = {
  mode: 'batch_series_generate',
  sku: '__batch__',
  options: { sku_images_map: { S1: [{ url: 'http://supplier.test/1.jpg', name: '1.jpg', stem: '1' }] } },
};

describe('while Redis refuses', () => {
  let redis: TestRedis;
  let api: TestApi;
  let open: string;
  let ended: string;

  beforeAll(async () => {
    redis = await startTestRedis();
    api = await startTestApi({
      REDIS_URL: redis.url,
      ALLOW_PRIVATE_SOURCES: 'true',
      WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    });
    await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
  });
  afterAll(async () => {
    await api?.close();
    await redis?.stop();
  });

  const key = { headers: { 'idempotency-key': 'once' } };
  const writes = (): [string, string, unknown?, object?][] => [
    ['POST', '/batches', SKUS],
    ['POST', '/batches', SKUS, key],
    [
      'POST',
      '/batches',
      'sku,image\nS1,http://supplier.test/1.jpg',
      { headers: { 'content-type': 'text/csv' } },
    ],
    ['POST', '/image-studio/jobs', ORIGINAL],
    ['PUT', '/quota', { callsPerMinute: 50 }],
    ['PUT', '/quota', { callsPerMinute: null }],
    ['POST', '/webhooks/test', { url: 'http://127.0.0.1:9/hook' }],
    ['POST', '/webhooks/secret', {}],
    ['PATCH', `/batches/${open}`, { budgetUsd: 5 }],
    ['POST', `/batches/${open}/pause`],
    ['POST', `/batches/${open}/cancel`],
    ['DELETE', `/batches/${ended}`],
  ];

  test.each(REFUSALS)('%s: whatever has to write is 503 with Retry-After, or done', async (refusal) => {
    open = (await api.call('POST', '/batches', SKUS)).body.id;
    ended = (await api.call('POST', '/batches', SKUS)).body.id;
    await api.call('POST', `/batches/${ended}/cancel`);
    const end = await refuse(redis, refusal);
    try {
      await eventually(async () => {
        const ready = await fetch(`${api.url}/readyz`);
        expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining(refusal)]);
      });
      expect(await (await fetch(`${api.url}/metrics`)).text()).toContain('image_studio_redis_writable 0');
      for (const [method, path, body, options] of writes()) {
        const { status, headers, body: problem } = await api.call(method, path, body, options);
        // A full Redis still takes what needs no memory, such as a deletion.
        if (refusal === 'OOM' && status < 300) continue;
        expect([method, path, status, problem.code]).toEqual([method, path, 503, 'REDIS_UNAVAILABLE']);
        expect(headers.get('retry-after')).toMatch(/^\d+$/);
        expect(headers.get('content-type')).toContain('application/problem+json');
      }
      const board = await fetch(`${api.url}/admin/queues/api/queues/sku/pause`, { method: 'PUT' });
      expect([board.status, board.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    } finally {
      await end();
    }
    await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
    for (const message of ['"waiting for Redis"', '"Redis is back"']) {
      const lines = api.logged.filter((line) => line.includes(message) && line.includes(refusal));
      expect(lines).toHaveLength(1);
    }
  });
});

describe('a Redis that cannot be used', () => {
  let redis: TestRedis;
  let https: Server;
  beforeAll(async () => {
    redis = await startTestRedis();
    const admin = new Redis(redis.url);
    await admin.acl(
      'SETUSER',
      'reader',
      'on',
      '>reader-password',
      '~*',
      '&*',
      '+@read',
      '+@connection',
      '+info',
    );
    await admin.acl('SETUSER', 'default', 'resetpass', '>right-password');
    admin.disconnect();
    https = createServer(await (await createAuthority()).issue('localhost'));
    await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    https?.close();
    await redis?.stop();
  });
  const at = (login: string) => redis.url.replace('redis://', `redis://${login}`);

  test.each<[what: string, url: () => string, reason: RegExp]>([
    ['with another password', () => at(':wrong-password@'), /WRONGPASS/],
    ['with a password that we have not', () => at(''), /NOAUTH/],
    ['with a user who may not write', () => at('reader:reader-password@'), /NOPERM/],
    ['with a name that nobody knows', () => 'redis://no-such-host.invalid:6379', /ENOTFOUND|EAI_AGAIN/],
    ['with nobody at its address', () => 'redis://127.0.0.1:1', /ECONNREFUSED/],
    [
      'with a certificate of a stranger',
      () => `rediss://localhost:${(https.address() as AddressInfo).port}`,
      /certificate is not trusted/,
    ],
    [
      'without the TLS that we want',
      () => redis.url.replace('redis:', 'rediss:'),
      /TLS fails|ECONNRESET|nothing answers/,
    ],
  ])('%s is told of in /readyz, and once in the log', async (_what, url, reason) => {
    const api = await startTestApi({ REDIS_URL: url() });
    const ready = async () => {
      const answer = await fetch(`${api.url}/readyz`);
      return [answer.status, await answer.text()] as const;
    };
    try {
      await eventually(async () => expect(await ready()).toEqual([503, expect.stringMatching(reason)]));
      await ready();
      const { status, body } = await api.call('POST', '/batches', SKUS);
      expect([status, body.code]).toEqual([503, 'REDIS_UNAVAILABLE']);
      const told = api.logged.filter((line) => line.includes('waiting for Redis'));
      expect(told.filter((line) => reason.test(line))).toHaveLength(1);
      expect(told.length).toBeLessThanOrEqual(2);
      expect(api.logged.join('')).not.toMatch(/(wrong|reader)-password/);
    } finally {
      await api.close();
    }
  });
});
