import { request } from 'node:http';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';
import { startTestWorker, type TestWorker } from './testing/start-test-worker.ts';

let redis: TestRedis;
let api: TestApi;
let worker: TestWorker;

beforeAll(async () => {
  redis = await startTestRedis();
  api = await startTestApi({ REDIS_URL: redis.url });
  worker = await startTestWorker(api.config);
  await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
});

afterAll(async () => {
  await api?.close();
  await worker?.close();
  await redis?.stop();
});

const sku = (code: string, url = `https://x.example/${encodeURIComponent(code)}.jpg`) => ({
  sku: code,
  images: [{ url }],
});
const submit = (codes: string[], options: object = {}, headers: Record<string, string> = {}) =>
  api.call('POST', '/batches', { ...options, skus: codes.map((code) => sku(code)) }, { headers });
const finished = (id: string) =>
  eventually(async () => {
    const { body } = await api.call('GET', `/batches/${id}`);
    expect(body.finishedAt).not.toBeNull();
    return body;
  });

describe('submitting', () => {
  test('answers 202 with a location and counts, and the batch runs to its end', async () => {
    const { status, headers, body } = await submit(['A', 'B', 'bad-1'], {
      name: 'spring',
      profile: 'amazon',
    });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`${api.url}/api/v1/batches/${body.id}`);
    expect(body).toMatchObject({ status: 'queued', counts: { total: 3, waiting: 3, completed: 0 } });
    expect(await finished(body.id)).toMatchObject({
      name: 'spring',
      status: 'completed',
      counts: { total: 3, waiting: 0, active: 0, completed: 2, failed: 1, cancelled: 0, needsReview: 0 },
    });
    const { body: first } = await api.call('GET', '/batches?limit=1');
    expect(first.items).toMatchObject([{ id: body.id }]);
    expect(Object.keys(first.items[0])).not.toEqual(expect.arrayContaining(['tenant']));
    const { body: bad } = await api.call('GET', `/batches/${body.id}/skus?reason=SOURCE_NOT_FOUND`);
    expect(bad.items).toMatchObject([
      { sku: 'bad-1', state: 'failed', failure: { code: 'SOURCE_NOT_FOUND' } },
    ]);
  });

  test('says in the answer and in the quote what is odd about a submission it takes', async () => {
    const body = {
      profile: { width: 800, height: 600, format: 'png' },
      main: { prompt: 'A {{title}}.' },
      skus: [{ ...sku('W1'), attributes: { title: 'Mug' } }, sku('W2')],
    };
    const warnings = [{ path: 'main.prompt', skus: 1, examples: ['W2'] }];
    expect(await api.call('POST', '/batches/quote', body)).toMatchObject({ status: 200, body: { warnings } });
    const taken = await api.call('POST', '/batches', body);
    expect(taken).toMatchObject({ status: 202, body: { warnings } });
    await finished(taken.body.id);
    const refused = await api.call('POST', '/batches', { ...body, main: { prompt: 'A {{tilte}}.' } });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: 'main.prompt' }] } });
    expect(refused.body.errors[0].message).toContain('{{title}}');
  });

  test('takes a table, with its options in the query', async () => {
    const { status, body } = await api.call(
      'POST',
      '/batches?profile=amazon&name=table',
      'sku,url,colour\nT1,https://x/1,red\n',
      {
        headers: { 'content-type': 'text/csv; charset=utf-8' },
      },
    );
    expect(status).toBe(202);
    expect(await finished(body.id)).toMatchObject({ name: 'table', counts: { total: 1, completed: 1 } });
  });

  test('the same Idempotency-Key and body get the same answer; another body gets 422', async () => {
    const headers = { 'idempotency-key': 'order-7' };
    const first = await submit(['I1'], {}, headers);
    await finished(first.body.id);
    const again = await submit(['I1'], {}, headers);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(await submit(['I2'], {}, headers)).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    const tooLong = { 'idempotency-key': 'x'.repeat(256) };
    expect(await submit(['I3'], {}, tooLong)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_IDEMPOTENCY_KEY' },
    });
  });

  test('the same table with other options in the query is another submission', async () => {
    const headers = { 'content-type': 'text/csv', 'idempotency-key': 'order-8' };
    const post = (query: string) =>
      api.call('POST', `/batches${query}`, 'sku,url\nQ1,https://x/1\n', { headers });
    expect((await post('?profile=web')).status).toBe(202);
    expect((await post('?profile=amazon')).status).toBe(422);
  });

  test.each([
    ['a SKU named twice', { skus: [sku('D'), sku('E'), sku('D')] }, 'DUPLICATE_SKUS', ['skus[2].sku']],
    ['an unknown profile', { profile: 'bazaar', skus: [sku('A')] }, 'INVALID_BODY', ['profile']],
    ['nothing to make', { main: false, skus: [sku('A')] }, 'INVALID_BODY', ['main']],
    ['no SKUs', { skus: [] }, 'INVALID_BODY', ['skus']],
    ['SKUs left out', {}, 'INVALID_BODY', ['skus']],
    ['no object', [], 'INVALID_BODY', ['$']],
    [
      'a photo without address',
      { skus: [sku('A'), { sku: 'B', images: [{}] }] },
      'INVALID_BODY',
      ['skus[1].images[0].url'],
    ],
    ['an unknown field', { skus: [{ ...sku('A'), price: 3 }] }, 'INVALID_BODY', ['skus[0].price']],
    ['a control character', { skus: [sku('A\u0000')] }, 'INVALID_BODY', ['skus[0].sku']],
    ['half a character', { skus: [sku('A\ud83d', 'u')] }, 'INVALID_BODY', ['skus[0].sku']],
    [
      'too many SKUs',
      { skus: Array.from({ length: 10_001 }, (_, n) => sku(`S${n}`, 'u')) },
      'TOO_MANY_SKUS',
      ['skus'],
    ],
  ])('%s is refused with 422 and its place', async (_name, body, code, paths) => {
    const answer = await api.call('POST', '/batches', body);
    expect(answer).toMatchObject({ status: 422, body: { status: 422, code } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual(paths);
  });

  test('a duplicate is named', async () => {
    const { body } = await api.call('POST', '/batches', { skus: [sku('D'), sku('D')] });
    expect(body.detail).toContain('"D"');
  });

  test('"__proto__" is refused as an attribute and taken as a SKU code', async () => {
    const images = '[{"url":"u"}]';
    const asAttribute = `{"skus":[{"sku":"A","images":${images},"attributes":{"__proto__":"x"}}]}`;
    expect(await api.call('POST', '/batches', asAttribute)).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'skus[0].attributes.__proto__' }] },
    });
    const { status, body } = await api.call(
      'POST',
      '/batches',
      `{"skus":[{"sku":"__proto__","images":${images}}]}`,
    );
    expect(status).toBe(202);
    await finished(body.id);
    expect((await api.call('GET', `/batches/${body.id}/skus/__proto__`)).body).toMatchObject({
      state: 'completed',
    });
  });

  test.each([
    ['malformed JSON', '{"skus":[', 'application/json', 400, 'MALFORMED_JSON'],
    ['an empty body', '', 'application/json', 400, 'MALFORMED_JSON'],
    ['a form', '--x\r\n\r\n--x--', 'multipart/form-data; boundary=x', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a picture', '%PDF-1.7', 'text/csv', 415, 'NOT_A_TABLE'],
    ['a table without columns', 'a=b', 'application/x-www-form-urlencoded', 422, 'INVALID_BODY'],
  ])('%s is a problem document', async (_name, body, type, status, code) => {
    const answer = await api.call('POST', '/batches', body, { headers: { 'content-type': type } });
    expect(answer).toMatchObject({ status, body: { status, code, title: expect.any(String) } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  test('a body over 20 MB gets 413, announced or not', async () => {
    const huge = `{"skus":[],"name":"${'x'.repeat(21 * 1024 * 1024)}"}`;
    expect(await api.call('POST', '/batches', huge)).toMatchObject({
      status: 413,
      body: { code: 'BODY_TOO_LARGE' },
    });
    const chunked = await fetch(`${api.url}/api/v1/batches`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob([huge]).stream(),
      duplex: 'half',
    });
    expect(chunked.status).toBe(413);
    await chunked.arrayBuffer();
  });

  test('10,000 SKUs in a large body arrive whole', async () => {
    const skus = Array.from({ length: 10_000 }, (_, n) => ({
      ...sku(`bulk-${n}`),
      attributes: { note: 'x'.repeat(200) },
    }));
    const { status, body } = await api.call('POST', '/batches', { skus });
    expect(status).toBe(202);
    expect((await api.call('GET', `/batches/${body.id}/skus/bulk-9999`)).body).toMatchObject({
      sku: 'bulk-9999',
    });
    expect((await api.call('POST', `/batches/${body.id}/cancel`)).body).toMatchObject({
      status: 'cancelled',
    });
  });
});

describe('reading', () => {
  const CODES = ['12345', 'a:1', 'a/b', '...', '..a', 'with space', '中文 商品', '%2F', 'ünï?#&+', '💡'];

  test('SKU codes of any text are found by their percent-encoded form', async () => {
    const { body } = await submit(CODES);
    await finished(body.id);
    for (const code of CODES) {
      const encoded = encodeURIComponent(code).replaceAll('.', '%2E');
      expect(await rawGet(`${api.url}/api/v1/batches/${body.id}/skus/`, encoded)).toMatchObject({
        sku: code,
      });
    }
    const { body: page } = await api.call('GET', `/batches/${body.id}/skus?limit=200`);
    expect(page.items.map((item: { sku: string }) => item.sku)).toEqual(CODES);
  });

  test('the two codes that browsers take out of addresses are refused at submission', async () => {
    for (const code of ['.', '..']) {
      expect(await submit(['A', code])).toMatchObject({
        status: 422,
        body: { code: 'INVALID_BODY', errors: [{ path: 'skus[1].sku' }] },
      });
      const table = await api.call('POST', '/batches', `sku,image\n${code},https://x.example/a.jpg`, {
        headers: { 'content-type': 'text/csv' },
      });
      expect(table.status).toBe(422);
    }
  });

  test('a table of products is read as its query says, flags and all', async () => {
    const answer = await api.call(
      'POST',
      '/tables/products?strict=false&drafts=true',
      'sku,title,image\nMUG-01,A mug,mug.jpg',
      { headers: { 'content-type': 'text/csv' } },
    );
    expect(answer).toMatchObject({ status: 200, body: { items: [{ sku: 'MUG-01' }] } });
  });

  test('lists go page by page and filter by state and part of the code', async () => {
    const { body } = await submit(['p1', 'p2', 'P3', 'bad-p4', 'q5']);
    await finished(body.id);
    const first = (await api.call('GET', `/batches/${body.id}/skus?limit=2`)).body;
    const second = (await api.call('GET', `/batches/${body.id}/skus?limit=2&cursor=${first.nextCursor}`))
      .body;
    const codes = (page: { items: { sku: string }[] }) => page.items.map((item) => item.sku);
    expect([...codes(first), ...codes(second)]).toEqual(['p1', 'p2', 'P3', 'bad-p4']);
    const third = second.items[0];
    expect(third).toMatchObject({ sku: 'P3', index: 2 });
    const fromThird = `/batches/${body.id}/skus?cursor=${third.index}`;
    expect(codes((await api.call('GET', fromThird)).body)).toEqual(['P3', 'bad-p4', 'q5']);
    expect(codes((await api.call('GET', `/batches/${body.id}/skus?state=failed`)).body)).toEqual(['bad-p4']);
    expect(codes((await api.call('GET', `/batches/${body.id}/skus?q=p`)).body)).toEqual([
      'p1',
      'p2',
      'P3',
      'bad-p4',
    ]);
  });

  test.each([
    'limit=0',
    'limit=201',
    'limit=x',
    'state=odd',
    'reason=odd',
    'limit=1&limit=2',
    'state=failed&state=failed',
    'cursor=abc',
    'cursor=-1',
  ])('the query %s is refused with 400', async (query) => {
    const { body } = await submit(['A']);
    const answer = await api.call('GET', `/batches/${body.id}/skus?${query}`);
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'INVALID_QUERY', errors: [{ path: query.split('=')[0] }] },
    });
  });

  test('a batch is found by its name, and its SKUs are listed in brief', async () => {
    const { body } = await submit(['B1', 'bad-B2'], { name: 'Briefly told' });
    await finished(body.id);
    expect((await api.call('GET', '/batches?q=briefly')).body.items).toMatchObject([{ id: body.id }]);
    expect((await api.call('GET', '/batches?q=never')).body.items).toEqual([]);
    const { body: brief } = await api.call('GET', `/batches/${body.id}/skus?view=brief`);
    expect(brief.items).toMatchObject([
      { sku: 'B1' },
      { sku: 'bad-B2', failure: { code: 'SOURCE_NOT_FOUND' } },
    ]);
    expect(brief.items[0]).not.toHaveProperty('timeline');
    expect(brief.items[0].images[0]).toHaveProperty('url');
    expect(brief.items[0].images[0]).not.toHaveProperty('prompt');
    const { body: none } = await api.call('GET', `/batches/${body.id}/skus?rule=fill`);
    expect(none).toEqual({ items: [], nextCursor: null });
  });

  test('a preview tells counts, quote and warnings of a body, and its faults with 200', async () => {
    const titled = { ...sku('P1'), attributes: { title: 'Mug' } };
    const good = { skus: [titled, sku('P2')], main: { prompt: 'On oak. {{title}}.' } };
    const { status, body } = await api.call('POST', '/batches/preview', good);
    expect(status).toBe(200);
    expect(body).toMatchObject({ skus: 2, photos: 2, faults: [], quote: { calls: 2 } });
    expect(body.quote.warnings).toEqual([
      expect.objectContaining({ message: expect.stringContaining('P2') }),
    ]);
    const bad = await api.call('POST', '/batches/preview?budgetUsd=x', 'sku,url\n,https://x/1\nA,\n', {
      headers: { 'content-type': 'text/csv' },
    });
    expect(bad).toMatchObject({
      status: 200,
      body: {
        skus: null,
        quote: null,
        faults: [{ path: 'budgetUsd' }, { path: 'line 2' }, { path: 'line 3' }],
      },
    });
  });

  test('a summary tells stages, failures and history', async () => {
    const { body } = await submit(['S1', 'bad-S2', 'bad-S3']);
    await finished(body.id);
    const { status, body: summary } = await api.call('GET', `/batches/${body.id}/summary`);
    expect(status).toBe(200);
    expect(summary.failures).toEqual([
      {
        code: 'SOURCE_NOT_FOUND',
        count: 2,
        retryable: false,
        example: { sku: 'bad-S2', message: 'the photo is gone (404)' },
      },
    ]);
    expect(summary.stages).toHaveLength(5);
    expect(summary.history[0]).toMatchObject({ seconds: 10 });
    expect((await api.call('GET', '/batches/none/summary')).status).toBe(404);
  });

  test('pictures come with absolute links', async () => {
    const { body } = await submit(['L1']);
    await finished(body.id);
    const { body: one } = await api.call('GET', `/batches/${body.id}/skus/L1`);
    expect(one.images).toMatchObject([{ role: 'main', url: `${api.url}/files/image-studio/L1/a_1.webp` }]);
    expect(one.images[0]).toMatchObject({ sourcePreviewUrl: `${api.url}/files/inputs/0a.jpg` });
    expect(one.images[0]).not.toHaveProperty('key');
    expect(one.images[0]).not.toHaveProperty('sourceKey');
  });

  test('what is not there is 404, another method 405 with Allow, a broken escape 400: all problem documents', async () => {
    for (const path of [
      '/batches/none',
      '/batches/none/skus',
      '/batches/none/skus/A',
      '/image-studio/jobs/none/status',
      '/nothing',
    ]) {
      expect(await api.call('GET', path)).toMatchObject({ status: 404, body: { status: 404 } });
    }
    const { body } = await submit(['A']);
    expect(await api.call('GET', `/batches/${body.id}/skus/B`)).toMatchObject({
      status: 404,
      body: { code: 'SKU_NOT_FOUND' },
    });
    const wrong = await api.call('PUT', `/batches/${body.id}`);
    expect(wrong).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } });
    expect(wrong.headers.get('allow')).toBe('GET, PATCH, DELETE');
    expect((await api.call('GET', '/batches/%E0%A4%A')).status).toBe(400);
  });
});

describe('controlling', () => {
  test('pause, resume, cancel and delete take effect and answer with the batch', async () => {
    const { body } = await submit(['hold-1', 'hold-2']);
    const act = async (action: string, payload?: unknown) =>
      api.call('POST', `/batches/${body.id}/${action}`, payload);
    expect(await act('pause')).toMatchObject({
      status: 200,
      body: { status: 'paused', counts: { active: 0, waiting: 2 } },
    });
    expect((await act('resume')).body.status).not.toBe('paused');
    expect(await api.call('DELETE', `/batches/${body.id}`)).toMatchObject({
      status: 409,
      body: { code: 'BATCH_BUSY' },
    });
    expect((await act('cancel')).body).toMatchObject({ status: 'cancelled', counts: { cancelled: 2 } });
    expect((await act('cancel')).status).toBe(200);
    expect((await act('pause')).body).toMatchObject({ status: 'cancelled' });
    expect((await api.call('DELETE', `/batches/${body.id}`)).status).toBe(204);
    expect((await api.call('GET', `/batches/${body.id}`)).status).toBe(404);
  });

  test('retry takes no body, a reason, or named SKUs', async () => {
    const { body } = await submit(['bad-1', 'bad-2', 'good']);
    await finished(body.id);
    const retry = async (payload?: unknown) =>
      (await api.call('POST', `/batches/${body.id}/retry`, payload)).body;
    expect(await retry({ dryRun: true, reason: 'MODEL_REFUSED' })).toMatchObject({ wouldRetry: 0, calls: 0 });
    const plan = await retry({ dryRun: true });
    expect(plan).toMatchObject({ wouldRetry: 2, unlikely: 2, calls: 0 });
    expect(plan.costUsd.high).toBeGreaterThanOrEqual(plan.costUsd.low);
    expect(await retry({ dryRun: true, skus: ['bad-2', 'good'] })).toMatchObject({ wouldRetry: 1 });
    expect(await retry({ reason: 'MODEL_REFUSED' })).toMatchObject({ retried: 0 });
    expect(await retry({ skus: ['bad-2', 'good'] })).toMatchObject({ retried: 1 });
    await finished(body.id);
    expect(await retry()).toMatchObject({ retried: 2, id: body.id });
    expect(await retry({ reason: 'NO_SUCH' })).toMatchObject({ status: 422, errors: [{ path: 'reason' }] });
  });
});

describe('the original client', () => {
  test('submits, polls to the end and reads its items', async () => {
    const { status, body } = await api.call('POST', '/image-studio/jobs', {
      mode: 'batch_series_generate',
      sku: '__batch__',
      options: {
        sku_images_map: {
          'O-1': [{ url: 'https://x/1.jpg', name: '1.jpg', stem: '1' }],
          'bad-2': [{ url: 'https://x/2.jpg' }],
        },
        do_main: true,
        target_width: 800,
        target_height: 800,
        output_format: 'webp',
      },
    });
    expect([status, body]).toEqual([200, { jobId: expect.any(String), hasData: true }]);
    const status2 = await eventually(async () => {
      const answer = (await api.call('GET', `/image-studio/jobs/${body.jobId}/status`)).body;
      expect(answer.status).toBe('completed');
      return answer;
    });
    expect(status2).toEqual({
      jobId: body.jobId,
      status: 'completed',
      progress: { stage: 'completed', current: 2, total: 2, percentage: 100 },
      result: {
        items: [
          {
            sku: 'O-1',
            ok: true,
            source_url: 'https://x/1.jpg',
            result_url: `${api.url}/files/image-studio/O-1/a_1.webp`,
            metadata: { width: 1600, height: 1600, size_bytes: 1234 },
          },
          {
            sku: 'bad-2',
            ok: false,
            source_url: 'https://x/2.jpg',
            result_url: null,
            metadata: null,
            error: 'SOURCE_NOT_FOUND: the photo is gone (404)',
          },
        ],
      },
    });
  });

  test('cancels, and reads a paused batch as running', async () => {
    const options = { sku_images_map: { 'hold-o': [{ url: 'u' }] } };
    const { body } = await api.call('POST', '/image-studio/jobs', { mode: 'batch_series_generate', options });
    await api.call('POST', `/batches/${body.jobId}/pause`);
    const path = `/image-studio/jobs/${body.jobId}`;
    expect((await api.call('GET', `${path}/status`)).body).toMatchObject({
      status: 'running',
      result: { items: [] },
    });
    expect((await api.call('POST', `${path}/cancel`)).body).toMatchObject({
      jobId: body.jobId,
      status: 'cancelled',
    });
    expect((await api.call('GET', `${path}/status`)).body).toMatchObject({
      status: 'cancelled',
      result: { items: [{ sku: 'hold-o', ok: false }] },
    });
  });

  test('a credential in the body is 400', async () => {
    const options = { sku_images_map: { A: [{ url: 'u' }] } };
    const body = { mode: 'batch_series_generate', options, api_key: 'AIza-secret' };
    expect(await api.call('POST', '/image-studio/jobs', body)).toMatchObject({
      status: 400,
      body: { code: 'CREDENTIALS_IN_BODY' },
    });
    expect(api.logged.join('')).not.toContain('AIza-secret');
  });
});

/** `fetch` resolves `..` and `%2E%2E` before anything is sent; other clients do not. */
function rawGet(base: string, encoded: string): Promise<unknown> {
  const { hostname, port, pathname } = new URL(base);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path: `${pathname}${encoded}` }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
    })
      .on('error', reject)
      .end();
  });
}
