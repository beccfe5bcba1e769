import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';

const OPERATOR = 'key-of-the-operator';
const VIEWER = 'key-of-the-viewer';
const STRANGER = 'key-of-another-tenant';

let redis: TestRedis;
let api: TestApi;
let id: string;

beforeAll(async () => {
  redis = await startTestRedis();
  const keys = `operator@${OPERATOR},viewer@${VIEWER},admin@acme:${STRANGER}`;
  api = await startTestApi({ REDIS_URL: redis.url, API_KEYS: keys });
  await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
  const skus = ['CUP/1', 'cup-2'].map((sku) => ({ sku, images: [{ url: 'https://shop.test/1.jpg' }] }));
  const body = { name: 'Cups', profile: 'etsy', secondary: { kinds: ['detail'] }, skus };
  const submit = { ...body, webhookUrl: undefined };
  ({ id } = (await api.call('POST', '/batches', submit, { key: OPERATOR })).body);
});

afterAll(async () => {
  await api?.close();
  await redis?.stop();
});

test('says to whom a key belongs', async () => {
  expect((await api.call('GET', '/me', undefined, { key: VIEWER })).body).toEqual({
    role: 'viewer',
    tenant: 'default',
    hasKey: true,
  });
  expect((await api.call('GET', '/me', undefined, { key: STRANGER })).body).toEqual({
    role: 'admin',
    tenant: 'acme',
    hasKey: true,
  });
});

test('gives a batch another name, and says what is wrong with one', async () => {
  const change = (body: unknown, key = OPERATOR) => api.call('PATCH', `/batches/${id}`, body, { key });
  expect((await change({ name: 'Mugs' })).body).toMatchObject({ name: 'Mugs', budgetUsd: null });
  expect((await change({ budgetUsd: 5 })).body).toMatchObject({ name: 'Mugs', budgetUsd: 5 });
  for (const bad of [{}, { name: '' }, { name: 'x'.repeat(201) }, { names: 'x' }]) {
    expect((await change(bad)).status).toBe(422);
  }
  expect((await change({ name: 'Mine' }, VIEWER)).status).toBe(403);
  expect((await change({ name: 'Mine' }, STRANGER)).status).toBe(404);
});

test('tells how a batch was made, without the address of its webhook', async () => {
  const { made } = (await api.call('GET', `/batches/${id}`, undefined, { key: VIEWER })).body;
  expect(made).toMatchObject({ profile: 'etsy', kinds: ['main', 'detail'], language: 'en' });
  expect(made.options).not.toHaveProperty('webhookUrl');
});

test('finds a SKU by its code in all batches of the tenant, and in no other tenant', async () => {
  const find = (sku: string, key = VIEWER) =>
    api.call('GET', `/skus?${new URLSearchParams({ sku })}`, undefined, { key });
  const { items } = (await find('CUP/1')).body;
  expect(items).toMatchObject([{ batchId: id, sku: { sku: 'CUP/1' } }]);
  expect((await find('CUP/9')).body.items).toEqual([]);
  expect((await find('CUP/1', STRANGER)).body.items).toEqual([]);
  expect((await find('')).status).toBe(400);
});

test('leaves out batches in which nothing waits for review', async () => {
  const list = async (query: string) =>
    (await api.call('GET', `/batches?${query}`, undefined, { key: VIEWER })).body.items;
  expect(await list('toReview=true')).toEqual([]);
  expect(await list('toReview=false')).toHaveLength(1);
});
