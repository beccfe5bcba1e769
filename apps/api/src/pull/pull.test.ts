import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';

let redis: TestRedis;
let api: TestApi;
let server: Server;
let origin: string;
/** What the shop serves, by path. */
let served: Record<string, { body: string | Buffer; status?: number; headers?: Record<string, string> }> = {};

beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = served[request.url ?? ''];
    response.writeHead(answer?.status ?? (answer ? 200 : 404), answer?.headers).end(answer?.body ?? 'gone');
  }).listen(0, '127.0.0.1');
  redis = await startTestRedis();
  api = await startTestApi({ REDIS_URL: redis.url, ALLOW_PRIVATE_SOURCES: 'true' });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
});

afterAll(async () => {
  await api?.close();
  await redis?.stop();
  server?.close();
});

beforeEach(() => {
  served = {};
});

const item = (id: string, title = 'Mug') =>
  `<item><g:id>${id}</g:id><title>${title}</title><g:image_link>https://x.example/${id}.jpg</g:image_link></item>`;
const feed = (...items: string[]) =>
  `<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0"><channel>${items.join('\n')}</channel></rss>`;
const pull = (path: string, more: object = {}) => {
  const { everything, ...options } = more as { everything?: boolean };
  const source = { feedUrl: `${origin}${path}`, ...(everything !== undefined && { everything }) };
  return api.call('POST', '/batches', { source, ...options });
};
const codesOf = async (id: string): Promise<string[]> =>
  (await api.call('GET', `/batches/${id}/skus`)).body.items.map(({ sku }: { sku: string }) => sku);

describe('a batch that is pulled from an address', () => {
  test('is made of the products of the feed; a second pull makes only what changed, a third nothing', async () => {
    served['/a.xml'] = { body: feed(item('A'), item('B'), item('C')) };
    const first = await pull('/a.xml', { name: 'nightly' });
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({
      dialect: 'google',
      counts: { total: 3 },
      pulled: { items: 3, changed: 3 },
    });
    expect(await codesOf(first.body.id)).toEqual(['A', 'B', 'C']);

    served['/a.xml'] = { body: feed(item('A'), item('B', 'Mug, blue'), item('D')) };
    const second = await pull('/a.xml', { name: 'nightly' });
    expect(second.body.pulled).toEqual({ items: 3, changed: 2, batches: [second.body.id] });
    expect(await codesOf(second.body.id)).toEqual(['B', 'D']);

    const third = await pull('/a.xml', { name: 'nightly' });
    expect([third.status, third.body]).toMatchObject([
      200,
      { id: null, pulled: { items: 3, changed: 0, batches: [] } },
    ]);
    expect((await pull('/a.xml', { name: 'nightly', everything: true })).body.pulled.changed).toBe(3);
    // Other pictures of the same products.
    expect((await pull('/a.xml', { profile: 'amazon' })).body.pulled.changed).toBe(3);
  });

  test('of more products than one batch takes becomes several, with each product once', async () => {
    const ids = Array.from({ length: 5003 }, (_, n) => `P-${n}`);
    served['/big.xml'] = { body: feed(...ids.map((id) => item(id))) };
    const { body } = await pull('/big.xml', { name: 'big' });
    expect(body.pulled).toMatchObject({ items: 5003, changed: 5003 });
    const totals = await Promise.all(
      body.pulled.batches.map(
        async (id: string) => (await api.call('GET', `/batches/${id}`)).body.counts.total,
      ),
    );
    expect(totals).toEqual([5000, 3]);
    expect(await codesOf(body.pulled.batches[1])).toEqual(ids.slice(5000));
  });

  test('is refused whole when its texts name an attribute that no product has', async () => {
    served['/a.xml'] = { body: feed(item('A'), item('B')) };
    const refused = await pull('/a.xml', { name: 'refused', main: { prompt: 'A {{wool}} of {{title}}' } });
    expect(refused.body).toMatchObject({
      status: 422,
      errors: [{ path: 'main.prompt', message: expect.stringContaining('wool') }],
    });
    expect((await api.call('GET', '/batches?q=refused')).body.items).toEqual([]);
    const taken = await pull('/a.xml', { name: 'taken', main: { prompt: 'A white {{title}}' } });
    expect([taken.status, taken.body.pulled?.changed]).toEqual([202, 2]);
  });

  test('takes tables, too, also packed ones', async () => {
    const body = gzipSync('sku,image\nT-1,https://x.example/1.jpg\n');
    served['/t.csv'] = { body, headers: { 'content-encoding': 'gzip' } };
    const { status, body: answer } = await pull('/t.csv');
    expect([status, answer.pulled]).toMatchObject([202, { items: 1, changed: 1 }]);
  });

  test('of a feed that cannot be had, or breaks off, nothing is made, and the answer says why', async () => {
    expect((await pull('/nosuch.xml')).body).toMatchObject({
      status: 422,
      code: 'FEED_UNREACHABLE',
      errors: [{ path: 'source.feedUrl', message: expect.stringContaining('answered 404') }],
    });
    served['/cut.xml'] = { body: feed(item('A')), headers: { 'content-length': '5000' } };
    setTimeout(() => server.closeAllConnections(), 300);
    expect((await pull('/cut.xml')).body).toMatchObject({ status: 422, code: 'FEED_UNREACHABLE' });
    served['/page.xml'] = { body: '<html><body>Log in</body></html>' };
    expect((await pull('/page.xml')).body).toMatchObject({ status: 415, code: 'NOT_A_TABLE' });
    served['/none.xml'] = { body: '<rss><channel/></rss>' };
    expect((await pull('/none.xml')).body).toMatchObject({ status: 422, code: 'INVALID_FEED' });
    expect((await api.call('POST', '/batches', { source: { feedUrl: 'ftp://x.example/a' } })).status).toBe(
      422,
    );
    const both = { source: { feedUrl: `${origin}/a.xml` }, skus: [] };
    expect((await api.call('POST', '/batches', both)).body.errors[0].path).toBe('source');
  });

  test('is quoted and previewed before: what it would make, or why it cannot be had; nothing is noted', async () => {
    served['/q.xml'] = { body: feed(item('A'), item('B')) };
    const source = { feedUrl: `${origin}/q.xml` };
    for (let time = 0; time < 2; time += 1) {
      const { status, body } = await api.call('POST', '/batches/quote', { source });
      expect([status, body]).toMatchObject([
        200,
        { dialect: 'google', calls: 2, pulled: { items: 2, changed: 2 } },
      ]);
    }
    const { body: preview } = await api.call('POST', '/batches/preview', { source });
    expect(preview).toMatchObject({
      dialect: 'google',
      skus: 2,
      photos: 2,
      faults: [],
      rows: [{ cells: ['A', 'https://x.example/A.jpg', 'Mug'] }, { cells: ['B', expect.any(String), 'Mug'] }],
      quote: { calls: 2 },
    });
    expect((await pull('/q.xml')).body.pulled.changed).toBe(2);
    expect((await api.call('POST', '/batches/quote', { source })).body).toMatchObject({
      calls: 0,
      pulled: { items: 2, changed: 0 },
    });
    const gone = { source: { feedUrl: `${origin}/nosuch.xml` } };
    expect((await api.call('POST', '/batches/quote', gone)).body.code).toBe('FEED_UNREACHABLE');
    expect((await api.call('POST', '/batches/preview', gone)).body).toMatchObject({
      faults: [{ path: 'source.feedUrl', message: expect.stringContaining('answered 404') }],
      quote: null,
    });
  });
});

test('a feed in a private network is not fetched', async () => {
  const guarded = await startTestApi({ REDIS_URL: redis.url });
  try {
    await eventually(async () => expect((await fetch(`${guarded.url}/readyz`)).status).toBe(200));
    for (const feedUrl of [`${origin}/a.xml`, 'http://169.254.169.254/latest', 'http://localhost/feed.xml']) {
      const { body } = await guarded.call('POST', '/batches', { source: { feedUrl } });
      expect([feedUrl, body.code]).toEqual([feedUrl, 'FEED_UNREACHABLE']);
    }
  } finally {
    await guarded.close();
  }
});
