import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';
import { startTestWorker, type TestWorker } from './testing/start-test-worker.ts';

const KEYS = 'viewer@acme:look-key-of-tests,operator@acme:run-key-of-tests,operator@beta:other-key-of-tests';
const UP = 'https://shop.test/up';
const DOWN = 'https://shop.test/down';

let redis: TestRedis;
let api: TestApi;
let worker: TestWorker;

beforeAll(async () => {
  redis = await startTestRedis();
  api = await startTestApi({ REDIS_URL: redis.url, API_KEYS: KEYS });
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
