import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';
import { startTestWorker, type TestWorker } from './testing/start-test-worker.ts';

let redis: TestRedis;
let api: TestApi;
let worker: TestWorker;

beforeAll(async () => {
  redis = await startTestRedis({ appendOnly: true });
  api = await startTestApi({ REDIS_URL: redis.url });
  worker = await startTestWorker(api.config);
  await ready();
});

afterAll(async () => {
  await api?.close();
  await worker?.close();
  await redis?.stop();
});

/** Reads the answer to its end, so that its connection is free to close. */
async function fetchWhole(url: string, headers: Record<string, string> = {}): Promise<Response> {
  const answer = await fetch(url, { headers });
  return new Response(await answer.arrayBuffer(), answer);
}

const get = (path: string, headers?: Record<string, string>) => fetchWhole(`${api.url}${path}`, headers);
const ready = () => eventually(async () => expect((await get('/readyz')).status).toBe(200));

describe('the OpenAPI document', () => {
  test('describes every route with resolvable schemas', async () => {
    const document = (await (await get('/api/v1/openapi.json')).json()) as Record<
      string,
      Record<string, object>
    >;
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths ?? {})).toEqual(
      expect.arrayContaining([
        '/api/v1/batches',
        '/api/v1/batches/{id}/skus/{sku}',
        '/api/v1/image-studio/jobs/{jobId}/status',
      ]),
    );
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(refs.length).toBeGreaterThan(20);
    const schemas = document.components?.schemas as object;
    for (const ref of refs) expect(schemas).toHaveProperty([ref.replace('#/components/schemas/', '')]);
    expect(schemas).toMatchObject({
      BatchRequest: { properties: { skus: { maxItems: 10_000 } } },
      Batch: { properties: { id: { type: 'string' } } },
      PullRequest: { properties: { source: { $ref: '#/components/schemas/PullSource' } } },
    });
    const bodies = JSON.stringify(document.paths?.['/api/v1/batches']);
    for (const name of ['BatchRequest', 'PullRequest']) expect(bodies).toContain(`schemas/${name}"`);
  });

  test('is shown at /docs by scripts and styles of this server alone', async () => {
    const response = await get('/docs');
    const page = await response.text();
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(page).not.toMatch(/https?:|<style|style=|<script>| on[a-z]+=/);
    const wanted = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1] ?? '');
    expect(wanted).toEqual(expect.arrayContaining(['/docs/swagger-ui-bundle.js', '/api/v1/openapi.json']));
    for (const path of wanted) expect([path, (await get(path)).status]).toEqual([path, 200]);
  });

  test('asks nobody else about itself, and forgets keys that are typed into it', async () => {
    const start = await (await get('/docs/start.js')).text();
    expect(start).toContain('validatorUrl: null');
    expect(start).toContain('persistAuthorization: false');
    expect(start).not.toMatch(/https?:/);
  });
});

describe('headers', () => {
  test('allow this origin only, and tell nothing about the server', async () => {
    const { headers } = await get('/docs');
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('strict-transport-security')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('the dashboard', () => {
  test('is explained while it is not built, and served once it is', async () => {
    expect(await (await get('/')).text()).toContain('npm run build');
    await mkdir(join(api.dashboardDir, 'assets'), { recursive: true });
    await writeFile(join(api.dashboardDir, 'index.html'), '<h1>the dashboard</h1>');
    await writeFile(join(api.dashboardDir, 'assets', 'app-1f.js'), '1');
    await writeFile(join(api.dashboardDir, 'favicon.svg'), '<svg/>');
    expect(await (await get('/')).text()).toContain('the dashboard');
    expect(await (await get('/batches/b_1?state=failed', { accept: 'text/html' })).text()).toContain(
      'the dashboard',
    );
    const asset = await get('/assets/app-1f.js');
    expect([asset.status, asset.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
    const lives = ['/favicon.svg', '/index.html', '/'].map(async (path) =>
      (await get(path)).headers.get('cache-control'),
    );
    expect(await Promise.all(lives)).toEqual(['public, max-age=3600', 'no-cache', 'no-cache']);
    expect((await get('/assets/gone.js', { accept: 'text/html' })).status).toBe(404);
    expect((await get('/api/v2', { accept: 'text/html' })).headers.get('content-type')).toContain(
      'application/problem+json',
    );
    expect((await get('/..%2f..%2fpackage.json')).status).toBe(404);
  });

  test('is sent as it was compressed at build time, to whoever takes that', async () => {
    const folder = join(api.dashboardDir, 'assets');
    await mkdir(folder, { recursive: true });
    const script = `export const words = "${'words '.repeat(100)}";`;
    await writeFile(join(folder, 'app-2f.js'), script);
    await writeFile(join(folder, 'app-2f.js.br'), brotliCompressSync(script));
    await writeFile(join(folder, 'app-2f.js.gz'), gzipSync(script));
    await writeFile(join(folder, 'tiny-3f.js'), '1');
    await writeFile(join(api.dashboardDir, 'index.html'), '<h1>plain</h1>');
    await writeFile(join(api.dashboardDir, 'index.html.br'), brotliCompressSync('<h1>by brotli</h1>'));
    const ask = async (path: string, headers: Record<string, string>, method = 'GET') => {
      const answer = await fetch(`${api.url}${path}`, { method, headers });
      const { status, headers: has } = answer;
      const text = await answer.text();
      return {
        status,
        encoding: has.get('content-encoding'),
        vary: has.get('vary'),
        etag: has.get('etag'),
        has,
        text,
      };
    };
    const asset = (accepted: string) => ask('/assets/app-2f.js', { 'accept-encoding': accepted });

    const best = await asset('gzip, deflate, br');
    expect(best).toMatchObject({ status: 200, encoding: 'br', text: script });
    expect(best.vary?.toLowerCase()).toContain('accept-encoding');
    expect(best.has.get('content-type')).toContain('javascript');
    expect(best.has.get('cache-control')).toContain('immutable');
    const other = await asset('gzip');
    expect(other).toMatchObject({ encoding: 'gzip', text: script });
    const plain = await asset('identity');
    expect(plain).toMatchObject({ encoding: null, text: script });
    expect(plain.vary?.toLowerCase()).toContain('accept-encoding');
    expect(await asset('br;q=0, gzip;q=0')).toMatchObject({ encoding: null, text: script });
    expect(new Set([best.etag, other.etag, plain.etag]).size).toBe(3);

    const again = { 'accept-encoding': 'br, gzip', 'if-none-match': best.etag ?? '' };
    // As a browser at a reload; undici says `no-cache` of itself beside a condition.
    const known = await ask('/assets/app-2f.js', { ...again, 'cache-control': 'max-age=0' });
    expect(known).toMatchObject({ status: 304, text: '', etag: best.etag });
    const head = await ask('/assets/app-2f.js', { 'accept-encoding': 'br' }, 'HEAD');
    expect(head).toMatchObject({ status: 200, encoding: 'br', text: '', etag: best.etag });
    expect(head.has.get('content-length')).toBe(String(brotliCompressSync(script).length));

    const page = await ask('/batches/b_1', { accept: 'text/html', 'accept-encoding': 'br, gzip' });
    expect(page).toMatchObject({ status: 200, encoding: 'br', text: '<h1>by brotli</h1>' });
    expect([page.has.get('cache-control'), page.has.get('content-type')]).toEqual([
      'no-cache',
      'text/html; charset=utf-8',
    ]);
    expect(await ask('/', { 'accept-encoding': 'gzip' })).toMatchObject({
      encoding: null,
      text: '<h1>plain</h1>',
    });
    expect(await ask('/assets/tiny-3f.js', { 'accept-encoding': 'br' })).toMatchObject({
      encoding: null,
      text: '1',
    });
  });
});

describe('metrics', () => {
  test('tell the numbers of the whole fleet, without a SKU or batch id', async () => {
    const skus = ['m-1', 'bad-m2'].map((sku) => ({ sku, images: [{ url: 'u' }] }));
    const { body } = await api.call('POST', '/batches', { skus });
    await eventually(async () =>
      expect((await api.call('GET', `/batches/${body.id}`)).body.finishedAt).not.toBeNull(),
    );
    const text = await (await get('/metrics')).text();
    expect(text).toContain('image_studio_skus_total{status="completed",code=""} 1');
    expect(text).toContain('image_studio_skus_total{status="failed",code="SOURCE_NOT_FOUND"} 1');
    expect(text).toMatch(/image_studio_queue_jobs\{queue="sku",state="completed"\} \d/);
    for (const name of [
      'images_generated_total',
      'generation_duration_seconds',
      'active_jobs',
      'queue_size',
      'queue_jobs',
      'stage_duration_seconds',
      'ai_calls_total',
      'ai_quota_utilisation',
      'ai_cost_usd_total',
      'skus_total',
    ]) {
      expect(text).toContain(`# TYPE image_studio_${name} `);
    }
    expect(text).not.toMatch(new RegExp(`m-1|${body.id}`));
  });
});

describe('the fleet', () => {
  test('tells of Redis, the store, the queues, the pace, and what each worker does', async () => {
    const { body } = await api.call('GET', '/fleet');
    expect(body).toMatchObject({
      redis: { ok: true },
      store: { ok: true },
      queues: { sku: { active: 0 }, ai: { active: 0 } },
    });
    expect(body.pace).toHaveLength(12);
    const submitted = await api.call('POST', '/batches', {
      skus: [{ sku: 'hold-fleet', images: [{ url: 'https://x.example/a.jpg' }] }],
    });
    await eventually(
      async () => {
        const { body: workers } = await api.call('GET', '/workers');
        expect(workers.items).toMatchObject([{ activeSkus: 1, stages: { download: 1 } }]);
      },
      { timeoutMs: 15_000 },
    );
    worker.release();
    expect(submitted.status).toBe(202);
  });
});

describe('when Redis goes away', () => {
  test('requests get 503 with Retry-After at once, the process lives, and all is well when it is back', async () => {
    await redis.kill('SIGKILL');
    await eventually(async () => expect((await get('/readyz')).status).toBe(503));
    const start = performance.now();
    const answer = await api.call('POST', '/batches', { skus: [{ sku: 'A', images: [{ url: 'u' }] }] });
    expect(performance.now() - start).toBeLessThan(3000);
    expect(answer).toMatchObject({ status: 503, body: { code: 'REDIS_UNAVAILABLE' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await (await get('/readyz')).json()).toMatchObject({
      code: 'NOT_READY',
      detail: expect.stringContaining('Redis'),
    });
    expect((await get('/healthz')).status).toBe(200);
    expect((await api.call('GET', '/fleet')).body).toMatchObject({
      redis: { ok: false },
      store: { ok: true },
      queues: null,
      pace: null,
    });
    expect(await (await get('/metrics')).text()).toContain('image_studio_redis_up 0');
    await redis.restart();
    await ready();
    expect((await api.call('GET', '/batches')).status).toBe(200);
  });
});

describe('closing', () => {
  test('finishes a request that is under way and takes no new one', async () => {
    const closing = await startTestApi({ REDIS_URL: redis.url });
    await eventually(async () => expect((await fetchWhole(`${closing.url}/readyz`)).status).toBe(200));
    const { hostname, port } = new URL(closing.url);
    const body = JSON.stringify({ skus: [{ sku: 'last', images: [{ url: 'u' }] }] });
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(
      `POST /api/v1/batches HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n`,
    );
    const [interim] = (await once(socket, 'data')) as [Buffer];
    expect(interim.toString()).toContain('100 Continue');

    const closed = closing.close();
    await eventually(async () => {
      await expect(fetch(`${closing.url}/healthz`)).rejects.toThrow();
    });
    socket.write(body);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 202 /);
    await closed;
    socket.destroy();
  });
});
