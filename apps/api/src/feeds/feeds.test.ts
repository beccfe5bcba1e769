import { createFileStore, listingImageKey, type ObjectStore } from '@image-studio/storage';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';
import { startTestWorker, type TestWorker } from '../testing/start-test-worker.ts';

const KEYS = { default: 'operator-key-of-16-chars', acme: 'operator-key-of-acme-16' };

let redis: TestRedis;
let api: TestApi;
let worker: TestWorker;
let store: ObjectStore;

beforeAll(async () => {
  redis = await startTestRedis();
  api = await startTestApi({ REDIS_URL: redis.url, API_KEYS: `${KEYS.default},acme:${KEYS.acme}` });
  worker = await startTestWorker(api.config);
  store = createFileStore({
    folder: api.config.store.kind === 'file' ? api.config.store.folder : '',
    publicUrl: api.url,
  });
  await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
});

afterAll(async () => {
  await api?.close();
  await worker?.close();
  await redis?.stop();
});

const call = (method: string, path: string, body?: unknown, key = KEYS.default) =>
  api.call(method, path, body, { key });

async function batchOf(codes: string[], name?: string, key = KEYS.default): Promise<string> {
  const skus = codes.map((sku) => ({ sku, images: [{ url: 'https://x.example/a.jpg' }] }));
  const { status, body } = await call('POST', '/batches', { skus, name }, key);
  expect(status).toBe(202);
  await eventually(async () =>
    expect((await call('GET', `/batches/${body.id}`, undefined, key)).body.finishedAt).not.toBeNull(),
  );
  return body.id;
}

const linkOf = async (id: string): Promise<string> => (await call('POST', `/batches/${id}/feed`)).body.url;

/** Codes with the addresses of their main pictures. */
async function read(url: string): Promise<{ items: Record<string, string>; etag: string }> {
  const answer = await fetch(url);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'application/xml; charset=utf-8',
  ]);
  const text = await answer.text();
  const items = text.matchAll(/<item><g:id>(.*?)<\/g:id><g:image_link>(.*?)<\/g:image_link>/g);
  return {
    items: Object.fromEntries(
      [...items].map(([, code, link]) => [code, (link ?? '').replaceAll('&amp;', '&')]),
    ),
    etag: answer.headers.get('etag') ?? '',
  };
}

describe('a feed for Google', () => {
  test('opens by its link alone, stays the same while nothing changes, and shows pictures that need no key', async () => {
    const id = await batchOf(['MUG', 'A & B', 'bad-1'], 'spring <1>');
    const url = await linkOf(id);
    expect(url).toContain('/api/v1/feeds/spring%20%3C1%3E.xml?key=');
    expect(await linkOf(id)).toBe(url);
    const { items, etag } = await read(url);
    expect(Object.keys(items)).toEqual(['MUG', 'A &amp; B']);
    const again = await fetch(url, { headers: { 'if-none-match': `"other", W/${etag}` } });
    expect([again.status, await again.text()]).toEqual([304, '']);

    const key = listingImageKey({ sku: 'MUG', stem: 'a', suffix: '1', format: 'webp' });
    await store.put(key, Buffer.from('a picture'), { contentType: 'image/webp' });
    const picture = await fetch(items.MUG ?? '');
    expect([picture.status, picture.headers.get('content-type'), await picture.text()]).toEqual([
      200,
      'image/webp',
      'a picture',
    ]);
    expect((await fetch((items.MUG ?? '').replace('MUG', 'A-B'))).status).toBe(404);
    expect((await fetch((items.MUG ?? '').replace('image-studio/', 'inputs/'))).status).toBe(404);
  });

  test('of a name has the newest approved picture of each SKU, whatever batch it is in', async () => {
    const first = await batchOf(['A', 'B'], 'nightly');
    const url = await linkOf(first);
    const before = await read(url);
    const second = await batchOf(['B', 'C'], 'nightly');
    await batchOf(['D'], 'nightly', KEYS.acme);
    const after = await read(url);
    expect(Object.keys(after.items)).toEqual(['B', 'C', 'A']);
    expect(after.etag).not.toBe(before.etag);
    await call('POST', `/batches/${second}/skus/C/review`, { image: 'main', decision: 'reject' });
    expect(Object.keys((await read(url)).items)).toEqual(['B', 'A']);
  });

  test('is closed when its link is revoked, with its pictures; the next link is another one', async () => {
    const id = await batchOf(['A'], 'summer');
    const url = await linkOf(id);
    const { items } = await read(url);
    expect((await call('DELETE', `/batches/${id}/feed`)).status).toBe(204);
    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(items.A ?? '')).status).toBe(404);
    expect((await call('GET', `/batches/${id}/feed`)).body).toEqual({
      name: 'summer',
      url: null,
      madeAt: null,
    });
    expect(await linkOf(id)).not.toBe(url);
  });

  test('cannot be opened by another feed’s link, a changed one, or another tenant’s key', async () => {
    const [one, other] = [await batchOf(['A'], 'one'), await batchOf(['A'], 'other')];
    const [ofOne, ofOther] = [new URL(await linkOf(one)), new URL(await linkOf(other))];
    ofOne.search = ofOther.search;
    expect((await fetch(ofOne)).status).toBe(404);
    // Not the last character, which has bits that say nothing.
    ofOther.search = ofOther.search.replace(/.(?=.{5}$)/, (one) => (one === 'A' ? 'B' : 'A'));
    expect((await fetch(ofOther)).status).toBe(404);
    expect((await fetch(`${api.url}/api/v1/feeds/one.xml`)).status).toBe(401);
    expect((await call('GET', '/feeds/one.xml', undefined, KEYS.acme)).status).toBe(404);
    expect((await call('POST', `/batches/${one}/feed`, undefined, KEYS.acme)).status).toBe(404);
    const byKey = await call('GET', `/feeds/${one}.xml`);
    expect([byKey.status, byKey.body.includes('<g:id>A</g:id>')]).toEqual([200, true]);
  });

  test('the log of requests does not tell its secret', async () => {
    const url = await linkOf(await batchOf(['A'], 'quiet'));
    await read(url);
    const secret = new URL(url).searchParams.get('key')?.split('.')[1] ?? '';
    expect(secret).toHaveLength(24);
    expect(api.logged.filter((line) => line.includes(secret))).toEqual([]);
  });
});
