import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';
import { startTestWorker, type TestWorker } from './testing/start-test-worker.ts';

const KEYS =
  'viewer@acme:look-key-of-tests,operator@acme:run-key-of-tests,operator@beta:other-key-of-tests,acme:all-key-of-tests,beta:all-of-beta-of-tests';
const ROOT = 'root-secret-of-tests';
const UP = 'https://shop.test/up';
const DOWN = 'https://shop.test/down';

let redis: TestRedis;
let api: TestApi;
let worker: TestWorker;

beforeAll(async () => {
  redis = await startTestRedis();
  api = await startTestApi({ REDIS_URL: redis.url, API_KEYS: KEYS, WEBHOOK_ROOT_SECRET: ROOT });
  worker = await startTestWorker(api.config);
  await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
});

afterAll(async () => {
  await worker?.close();
  await api?.close();
  await redis?.stop();
});

async function finished(webhookUrl: string) {
  const body = { webhookUrl, skus: [{ sku: 'A', images: [{ url: 'https://a.test/a.jpg' }] }] };
  const { body: batch } = await api.call('POST', '/batches', body, { key: 'run-key-of-tests' });
  const path = `/batches/${batch.id}/webhooks`;
  await eventually(async () => {
    const { body: page } = await api.call('GET', path, undefined, { key: 'look-key-of-tests' });
    expect(page.items).toMatchObject([{ attempts: 1 }]);
  });
  const { body: page } = await api.call('GET', path, undefined, { key: 'look-key-of-tests' });
  return { id: batch.id as string, path, delivery: page.items[0] };
}

test('lists what a batch sent and how it went', async () => {
  const { id, delivery } = await finished(DOWN);
  expect(delivery).toEqual({
    id: `msg_${id}_1`,
    event: 'batch.finished',
    url: DOWN,
    status: 'pending',
    attempts: 1,
    lastStatusCode: 500,
    lastError: 'shop.test answered 500',
    lastAttemptAt: expect.any(String),
    lastMs: 1,
    nextAt: expect.any(String),
    createdAt: expect.any(String),
    deliveredAt: null,
  });
});

test('sends a message again for an operator of the tenant', async () => {
  const { path, delivery } = await finished(UP);
  const resend = (key: string, id = delivery.id) =>
    api.call('POST', `${path}/${encodeURIComponent(id)}/resend`, undefined, { key });
  expect(await resend('run-key-of-tests')).toMatchObject({
    status: 202,
    body: { id: delivery.id, status: 'pending' },
  });
  expect((await resend('look-key-of-tests')).status).toBe(403);
  expect(await resend('other-key-of-tests')).toMatchObject({
    status: 404,
    body: { code: 'BATCH_NOT_FOUND' },
  });
  expect(await resend('run-key-of-tests', 'msg_b_9')).toMatchObject({
    status: 404,
    body: { code: 'DELIVERY_NOT_FOUND' },
  });
  await eventually(async () => {
    const { body } = await api.call('GET', path, undefined, { key: 'look-key-of-tests' });
    expect(body.items).toMatchObject([{ attempts: 2, status: 'delivered' }]);
  });
});

test('an address that no webhook may go to is refused before it is tried', async () => {
  for (const url of ['http://10.0.0.5/hook', 'https://[::ffff:127.0.0.1]/', 'https://shop.test:6379/']) {
    const answer = await api.call('POST', '/webhooks/test', { url }, { key: 'run-key-of-tests' });
    expect([answer.status, answer.body.code]).toEqual([422, 'INVALID_BODY']);
    expect(answer.body.errors).toMatchObject([
      { path: 'url', message: expect.stringMatching(/not (allowed|a web port)/) },
    ]);
  }
});

test('tries an address out and tells what came of it', async () => {
  const send = (url: string, key = 'run-key-of-tests') =>
    api.call('POST', '/webhooks/test', { url }, { key });
  expect(await send(UP)).toMatchObject({
    status: 200,
    body: { event: 'webhook.test', status: 'delivered', lastStatusCode: 204 },
  });
  expect(await send(DOWN)).toMatchObject({ status: 200, body: { status: 'failed', lastStatusCode: 500 } });
  expect((await send(UP, 'look-key-of-tests')).status).toBe(403);
  expect(await send('ftp://shop.test')).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'url' }] },
  });
});

test('a tenant may test a few times a minute, and no other one is held up by it', async () => {
  const send = (key: string) => api.call('POST', '/webhooks/test', { url: UP }, { key });
  const answers = await Promise.all(Array.from({ length: 12 }, () => send('run-key-of-tests')));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]).toMatchObject({ body: { code: 'RATE_LIMITED' } });
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await send('other-key-of-tests')).status).toBe(200);
});

describe('the secret of a tenant', () => {
  const state = async (key: string) => (await api.call('GET', '/webhooks/secret', undefined, { key })).body;
  const renew = (key: string, body?: object) => api.call('POST', '/webhooks/secret', body, { key });

  test('is shown once, to its admin, another one to each tenant and at each time', async () => {
    expect(await state('look-key-of-tests')).toEqual({ madeAt: null, previousUntil: null });
    expect((await renew('run-key-of-tests')).status).toBe(403);
    const first = await renew('all-key-of-tests');
    expect(first).toMatchObject({ status: 200, body: { previousUntil: null } });
    expect(first.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const second = await renew('all-key-of-tests', {});
    expect(Date.parse(second.body.previousUntil)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    const other = await renew('all-of-beta-of-tests');
    expect(new Set([first, second, other].map(({ body }) => body.secret)).size).toBe(3);
    expect(await state('look-key-of-tests')).toEqual({
      madeAt: second.body.madeAt,
      previousUntil: second.body.previousUntil,
    });
    expect((await renew('all-key-of-tests', { revoke: true })).body.previousUntil).toBeNull();
  });

  test('is neither in Redis nor in the log', async () => {
    const { body } = await renew('all-key-of-tests');
    const client = new Redis(redis.url);
    const kept = await client.hgetall('studio:webhook-salts');
    client.disconnect();
    expect(kept.acme).toContain('salt');
    const bare = body.secret.replace('whsec_', '');
    for (const text of [JSON.stringify(kept), api.logged.join('')]) {
      expect(text).not.toContain(bare);
      expect(text).not.toContain(ROOT);
    }
  });

  test('cannot be made where the installation has no root for it', async () => {
    const without = await startTestApi({ REDIS_URL: redis.url, API_KEYS: KEYS });
    await eventually(async () => {
      const answer = await without.call('POST', '/webhooks/secret', undefined, { key: 'all-key-of-tests' });
      expect(answer).toMatchObject({ status: 409, body: { code: 'NO_ROOT_SECRET' } });
    });
    await without.close();
  });
});
