import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';
import { startTestWorker, type TestWorker } from './testing/start-test-worker.ts';

let redis: TestRedis;
let api: TestApi;
let worker: TestWorker;

beforeAll(async () => {
  redis = await startTestRedis();
  api = await startTestApi({
    REDIS_URL: redis.url,
    API_KEYS: 'viewer@see-key-of-tests,operator@run-key-of-tests,operator@other:else-key-of-tests',
  });
  worker = await startTestWorker(api.config);
  await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
});

afterAll(async () => {
  await api?.close();
  await worker?.close();
  await redis?.stop();
});

const post = (path: string, body: unknown, key = 'run-key-of-tests') => api.call('POST', path, body, { key });
const get = (path: string) => api.call('GET', path, undefined, { key: 'run-key-of-tests' });

async function finishedBatch(codes: string[]): Promise<string> {
  const skus = codes.map((sku) => ({ sku, images: [{ url: 'https://x.example/a.jpg' }] }));
  const { body } = await post('/batches', { skus });
  await finished(body.id);
  return body.id;
}

const finished = (id: string) =>
  eventually(
    async () => {
      const { body } = await get(`/batches/${id}`);
      expect(body.finishedAt).not.toBeNull();
      return body;
    },
    { timeoutMs: 30_000 },
  );

test('a decision about SKUs of a batch that is not there is refused before they are sent', async () => {
  const sent = request(`${api.url}/api/v1/batches/bnone/review`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer run-key-of-tests',
      'content-type': 'application/json',
      'content-length': 8_000_000,
    },
  });
  sent.on('error', () => {}).write('{');
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  expect(answer.statusCode).toBe(404);
  sent.destroy();
});

describe('reviewing one SKU', () => {
  test('names the picture by slot, address, place, or not at all when it is the only one', async () => {
    const id = await finishedBatch(['A/1']);
    const path = `/batches/${id}/skus/${encodeURIComponent('A/1')}`;
    const { url } = (await get(path)).body.images[0];
    for (const image of ['main', url, new URL(url).pathname, 0, '0', undefined]) {
      const { status, body } = await post(`${path}/review`, { decision: 'approve', image });
      expect([image, status, body.images?.[0].review?.decision]).toEqual([image, 200, 'approved']);
      expect((await post(`${path}/review`, { decision: 'undo', image })).body.images[0].review).toBeNull();
    }
    for (const image of ['detail', 'https://elsewhere.example/x.webp', 7]) {
      expect(await post(`${path}/review`, { decision: 'approve', image })).toMatchObject({
        status: 422,
        body: { code: 'UNKNOWN_PICTURE', errors: [{ path: 'image' }] },
      });
    }
  });

  test('rejects, regenerates and finishes again', async () => {
    const id = await finishedBatch(['A', 'B']);
    expect(await post(`/batches/${id}/skus/A/review`, { decision: 'reject' })).toMatchObject({
      status: 200,
      body: { state: 'failed', failure: { code: 'CHECK_FAILED' } },
    });
    expect((await get(`/batches/${id}`)).body.counts).toMatchObject({ completed: 1, failed: 1 });
    const again = await post(`/batches/${id}/skus/A/review`, { decision: 'regenerate', prompt: 'on marble' });
    expect(again).toMatchObject({ status: 200, body: { sku: 'A', redo: { main: { prompt: 'on marble' } } } });
    expect((await finished(id)).counts).toMatchObject({ total: 2, completed: 2, failed: 0 });
  });

  test('refuses what it cannot do in a sentence', async () => {
    const id = await finishedBatch(['A', 'bad-B']);
    expect(await post(`/batches/${id}/skus/bad-B/review`, { decision: 'approve' })).toMatchObject({
      status: 409,
      body: { code: 'NO_PICTURE' },
    });
    expect((await post(`/batches/${id}/skus/none/review`, { decision: 'approve' })).status).toBe(404);
    expect(await post(`/batches/${id}/skus/A/review`, { decision: 'like' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'decision' }] },
    });
    expect(
      (await post(`/batches/${id}/skus/A/review`, { decision: 'approve' }, 'see-key-of-tests')).status,
    ).toBe(403);
    expect(
      (await post(`/batches/${id}/skus/A/review`, { decision: 'approve' }, 'else-key-of-tests')).status,
    ).toBe(404);
    expect(
      (await post(`/batches/${id}/review`, { decision: 'approve', filter: {} }, 'see-key-of-tests')).status,
    ).toBe(403);
    expect(
      (await post(`/batches/${id}/review`, { decision: 'approve', filter: {} }, 'else-key-of-tests')).status,
    ).toBe(404);
  });

  test('says that a SKU is at work', async () => {
    const { body } = await post('/batches', {
      skus: [{ sku: 'hold-1', images: [{ url: 'https://x.example/a.jpg' }] }],
    });
    await eventually(async () => expect((await get(`/batches/${body.id}`)).body.counts.active).toBe(1));
    expect(await post(`/batches/${body.id}/skus/hold-1/review`, { decision: 'regenerate' })).toMatchObject({
      status: 409,
      body: { code: 'SKU_BUSY' },
    });
    worker.release();
    await finished(body.id);
  });
});

describe('reviewing many SKUs', () => {
  test('takes names, a filter, or both, and says how many', async () => {
    const id = await finishedBatch(['A1', 'A2', 'B1', 'bad-1']);
    const review = (body: object) => post(`/batches/${id}/review`, body);
    expect((await review({ decision: 'approve', filter: { q: 'a' }, dryRun: true })).body).toEqual({
      would: 2,
      skipped: 1,
      calls: 0,
      costUsd: { low: 0, high: 0 },
    });
    expect((await review({ decision: 'reject', filter: { q: 'a', state: 'completed' } })).body).toEqual({
      reviewed: 2,
      skipped: 0,
    });
    expect((await get(`/batches/${id}`)).body.counts).toMatchObject({ completed: 1, failed: 3 });
    expect((await review({ decision: 'undo', skus: ['A1', 'B1', 'none'] })).body).toEqual({
      reviewed: 2,
      skipped: 0,
    });
    expect((await get(`/batches/${id}`)).body.counts).toMatchObject({ completed: 2, failed: 2 });
    expect((await review({ decision: 'approve' })).status).toBe(422);
  });

  test('takes 10,000 codes of 128 characters of any script, however they are written', async () => {
    const codes = Array.from({ length: 10_000 }, (_, n) => `${n}-`.padEnd(128, '商'));
    const id = await finishedBatch([codes[0] as string, codes[9999] as string, 'bad-1']);
    const plain = JSON.stringify({ decision: 'approve', skus: codes, dryRun: true });
    const escaped = plain.replaceAll('商', '\\u5546');
    expect(Buffer.byteLength(escaped)).toBeGreaterThan(7_000_000);
    for (const body of [plain, escaped]) {
      expect(await post(`/batches/${id}/review`, body)).toMatchObject({ status: 200, body: { would: 2 } });
    }
    const retry = JSON.stringify({ skus: [...codes.slice(1), 'bad-1'], dryRun: true });
    expect(await post(`/batches/${id}/retry`, retry)).toMatchObject({ status: 200, body: { wouldRetry: 1 } });
    const wrong = JSON.stringify({ decision: 'approve', skus: [...codes.slice(1), 7] });
    expect(await post(`/batches/${id}/review`, wrong)).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'skus[9999]' }] },
    });
  });

  test('decides about more SKUs than fit one piece, each once', async () => {
    const id = await finishedBatch(Array.from({ length: 210 }, (_, n) => `bulk-${n}`));
    expect((await post(`/batches/${id}/review`, { decision: 'reject', filter: {} })).body).toEqual({
      reviewed: 210,
      skipped: 0,
    });
    expect((await get(`/batches/${id}`)).body.counts).toMatchObject({
      total: 210,
      failed: 210,
      completed: 0,
    });
    const { body } = await post(`/batches/${id}/review`, {
      decision: 'regenerate',
      filter: { state: 'failed' },
    });
    expect(body).toEqual({ reviewed: 210, skipped: 0 });
    expect((await finished(id)).counts).toMatchObject({ completed: 210, failed: 0 });
  });
});

describe('what one picture alone can be told', () => {
  const path = (id: string) => `/batches/${id}/skus/A/review`;
  const adjustment = { scale: 0.9, x: 0.1 };

  test.each([
    [{ decision: 'restore' }, 'version'],
    [{ decision: 'adjust', adjustment }, 'version'],
    [{ decision: 'adjust', version: 'x' }, 'adjustment'],
    [{ decision: 'approve', adjustment }, 'adjustment'],
    [{ decision: 'approve', photo: 'https://x.example/a.jpg' }, 'photo'],
    [{ decision: 'regenerate', photo: 'https://elsewhere.example/a.jpg' }, 'photo'],
    [{ decision: 'adjust', version: 'x', adjustment: { scale: 9 } }, 'adjustment.scale'],
    [
      {
        decision: 'adjust',
        version: 'x',
        adjustment: { crop: { left: 0.5, top: 0, right: 0.5, bottom: 1 } },
      },
      'adjustment.crop',
    ],
  ])('%j is refused, and says where', async (body, at) => {
    const id = await finishedBatch(['A']);
    expect(await post(path(id), body)).toMatchObject({ status: 422, body: { errors: [{ path: at }] } });
  });

  test('an earlier picture comes back under its version; the history says who did what', async () => {
    const id = await finishedBatch(['A']);
    const sku = `/batches/${id}/skus/A`;
    const first = (await get(sku)).body;
    expect(first.sources).toEqual([{ url: 'https://x.example/a.jpg', name: 'a.jpg', isMain: true }]);
    await post(path(id), { decision: 'approve' });
    const at = first.images[0].version;
    expect((await post(path(id), { decision: 'restore', version: 'other' })).body.code).toBe('NO_PICTURE');
    expect(await post(path(id), { decision: 'restore', version: at })).toMatchObject({ status: 200 });
    const { decisions } = (await get(sku)).body;
    expect(decisions).toMatchObject([
      { decision: 'approve', by: expect.stringMatching(/^operator [0-9a-f]{8}$/) },
    ]);
    expect((await get(`/batches/${id}/skus`)).body.items[0]).toHaveProperty('timeline');
  });

  test('many at once are neither restored nor adjusted', async () => {
    const id = await finishedBatch(['A']);
    const { status } = await post(`/batches/${id}/review`, { decision: 'restore', filter: {} });
    expect(status).toBe(422);
  });
});
