import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileStore, type ObjectStore, signFileLink } from '@image-studio/storage';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';
import { startTestWorker } from './testing/start-test-worker.ts';

const LINK_SECRET = 'secret-of-links-of-tests';
const KEY = 'image-studio/SKU 1/a_1.webp';
const BYTES = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256));

let redis: TestRedis;
let open: TestApi;
let keyed: TestApi;

beforeAll(async () => {
  redis = await startTestRedis();
  open = await startTestApi({ REDIS_URL: redis.url });
  keyed = await startTestApi({ REDIS_URL: redis.url, API_KEYS: 'secret-key-of-tests', LINK_SECRET });
  for (const api of [open, keyed]) {
    const store = storeOf(api);
    await store.put(KEY, BYTES, { contentType: 'image/webp' });
    await store.put('inputs/0a.jpg', BYTES, { contentType: 'image/jpeg' });
    await store.put('batches/b/manifest.json', Buffer.from('{}'), { contentType: 'application/json' });
    await store.put('ai/0b', BYTES, { contentType: 'image/png' });
  }
});

afterAll(async () => {
  await open?.close();
  await keyed?.close();
  await redis?.stop();
});

function storeOf(api: TestApi): ObjectStore {
  if (api.config.store.kind !== 'file') throw new Error('these tests are about the file store');
  const isSigned = api.config.apiKeys.length > 0;
  return createFileStore({
    folder: api.config.store.folder,
    publicUrl: api.url,
    ...(isSigned && { linkSecret: async () => LINK_SECRET }),
  });
}

describe('a file', () => {
  test('comes with its type, length, tag and a promise that it never changes', async () => {
    const response = await fetch(await storeOf(open).url(KEY));
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(BYTES)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/webp',
      'content-length': '1000',
      'accept-ranges': 'bytes',
      'cache-control': 'private, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      etag: expect.stringMatching(/^".+"$/),
    });
  });

  test('is 304 for a browser that has it', async () => {
    const url = await storeOf(open).url(KEY);
    const etag = (await fetch(url)).headers.get('etag') ?? '';
    const again = await fetch(url, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  test.each([
    ['bytes=0-9', 206, 'bytes 0-9/1000', BYTES.subarray(0, 10)],
    ['bytes=990-', 206, 'bytes 990-999/1000', BYTES.subarray(990)],
    ['bytes=-5', 206, 'bytes 995-999/1000', BYTES.subarray(995)],
    ['bytes=990-5000', 206, 'bytes 990-999/1000', BYTES.subarray(990)],
    ['bytes=0-1,5-6', 200, null, BYTES],
    ['bytes=x', 200, null, BYTES],
  ])('the range %s gets %i', async (range, status, contentRange, bytes) => {
    const response = await fetch(await storeOf(open).url(KEY), { headers: { range } });
    expect([response.status, response.headers.get('content-range')]).toEqual([status, contentRange]);
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  });

  test('a range behind its end is 416 with its size; one of another version gets the whole', async () => {
    const url = await storeOf(open).url(KEY);
    const behind = await fetch(url, { headers: { range: 'bytes=1000-' } });
    expect([behind.status, behind.headers.get('content-range')]).toEqual([416, 'bytes */1000']);
    const other = await fetch(url, { headers: { range: 'bytes=0-9', 'if-range': '"older"' } });
    expect([other.status, (await other.arrayBuffer()).byteLength]).toEqual([200, 1000]);
  });

  test('HEAD tells all but the bytes; nothing else is taken', async () => {
    const url = await storeOf(open).url(KEY);
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '1000', '']);
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(405);
  });

  test('manifests are asked for anew', async () => {
    const response = await fetch(`${open.url}/files/batches/b/manifest.json`);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'private, no-cache']);
  });
});

describe('what is not served', () => {
  test.each([
    '/files/image-studio/SKU%201/none.webp',
    '/files/image-studio/SKU%201',
    '/files/ai/0b',
    '/files/.studio/check',
    '/files/',
    '/files/image-studio/..%2F..%2Fai/0b',
    '/files/image-studio/%2E%2E/ai/0b',
    '/files/image-studio%2FSKU%201%2Fa_1.webp',
    '/files/image-studio/%00',
    '/files/image-studio/%E0%A4%A',
    '/files/image-studio/..%5c..%5cpackage.json',
  ])('%s is a plain 404', async (path) => {
    const response = await fetch(`${open.url}${path}`);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      404,
      expect.stringMatching(/NOT_FOUND/),
    ]);
  });
});

describe('with keys', () => {
  test('a signed link opens without one, so that pictures can be shown', async () => {
    for (const key of [KEY, 'inputs/0a.jpg', 'batches/b/manifest.json']) {
      expect((await fetch(await storeOf(keyed).url(key))).status).toBe(200);
    }
  });

  test('no link but a signed one does: none, another file’s, an altered one', async () => {
    const signed = new URL(await storeOf(keyed).url(KEY));
    const { search } = signed;
    for (const url of [
      `${signed.origin}${signed.pathname}`,
      `${signed.origin}/files/inputs/0a.jpg${search}`,
      `${signed.origin}${signed.pathname}${search.replace(/expires=\d/, 'expires=9')}`,
      `${signed.origin}${signed.pathname}${search}&signature=00`,
    ]) {
      expect((await fetch(url)).status).toBe(404);
    }
    const withKey = await fetch(`${signed.origin}${signed.pathname}`, {
      headers: { authorization: 'Bearer secret-key-of-tests' },
    });
    expect(withKey.status).toBe(404);
  });

  describe('and no LINK_SECRET', () => {
    const SKUS = { skus: [{ sku: 'A', images: [{ url: 'u' }] }] };
    const start = (env: Record<string, string>) => startTestApi({ REDIS_URL: redis.url, ...env });
    const opens = async (api: TestApi, link: string) => (await fetch(`${api.url}${link}`)).status === 200;
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'image-studio-links-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    /** Path and query of a picture, as an answer links to it. */
    async function linkFrom(api: TestApi, key: string): Promise<string> {
      const worker = await startTestWorker(api.config);
      const { body } = await eventually(async () => {
        const answer = await api.call('POST', '/batches', SKUS, { key });
        expect(answer.status).toBe(202);
        return answer;
      });
      const url = await eventually(async () => {
        const sku = await api.call('GET', `/batches/${body.id}/skus/A`, undefined, { key });
        expect(sku.body.images).toHaveLength(1);
        return new URL(sku.body.images[0].url);
      });
      await worker.close();
      const picture = decodeURIComponent(url.pathname.replace('/files/', ''));
      const store = createFileStore({ folder: join(folder, 'objects'), publicUrl: api.url });
      await store.put(picture, BYTES, { contentType: 'image/webp' });
      return `${url.pathname}${url.search}`;
    }

    test('links hold over replicas and outlive a new key, whose text is in none of them', async () => {
      const STUDIO_DATA_DIR = folder;
      const first = await start({ STUDIO_DATA_DIR, API_KEYS: 'first-key-of-tests', QUEUE_PREFIX: 'kept' });
      const link = await linkFrom(first, 'first-key-of-tests');
      expect(await opens(first, link)).toBe(true);
      await first.close();
      const second = await start({ STUDIO_DATA_DIR, API_KEYS: 'second-key-of-tests', QUEUE_PREFIX: 'kept' });
      await eventually(async () => expect(await opens(second, link)).toBe(true));
      // As it was derived from the keys once: whoever has a link could try keys on it.
      const derived = createHmac('sha256', 'image-studio links to files').update('first-key-of-tests');
      const { searchParams, pathname } = new URL(link, second.url);
      const guess = signFileLink({
        key: decodeURIComponent(pathname.replace('/files/', '')),
        expires: Number(searchParams.get('expires')),
        linkSecret: derived.digest('hex'),
      });
      expect(link).not.toContain(guess);
      await second.close();
    });
  });

  test('a replaced secret is taken for as long as it is listed behind the new one', async () => {
    const signed = new URL(await storeOf(keyed).url(KEY));
    const next = await startTestApi({
      REDIS_URL: redis.url,
      API_KEYS: 'another-key-of-tests',
      LINK_SECRET: `new-secret-of-links-of-tests ${LINK_SECRET}`,
    });
    await storeOf(next).put(KEY, BYTES, { contentType: 'image/webp' });
    expect((await fetch(`${next.url}${signed.pathname}${signed.search}`)).status).toBe(200);
    await next.close();
  });
});
