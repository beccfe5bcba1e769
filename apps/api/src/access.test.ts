import { request } from 'node:http';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';

const KEYS =
  'viewer@acme:acme-look,operator@acme:acme-run,admin@acme:acme-all,viewer@default-look,operator@beta:beta-run,default-all';

let redis: TestRedis;
let keyed: TestApi;
let open: TestApi;

beforeAll(async () => {
  redis = await startTestRedis();
  keyed = await startTestApi({
    REDIS_URL: redis.url,
    API_KEYS: KEYS,
    PUBLIC_URL: 'https://studio.example.com/',
  });
  open = await startTestApi({ REDIS_URL: redis.url, QUEUE_PREFIX: 'open' });
  for (const { url } of [keyed, open]) {
    await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200));
  }
});

afterAll(async () => {
  await keyed?.close();
  await open?.close();
  await redis?.stop();
});

const body = { skus: [{ sku: 'A', images: [{ url: 'u' }] }] };

/** Bodies without which a route would answer 422 before it looks for the batch. */
const BODIES: Record<string, object> = {
  '/review': { decision: 'approve' },
};

describe('keys', () => {
  test('every route of /api/v1 wants one, and says so with a challenge', async () => {
    const { body: document } = await keyed.call('GET', '/openapi.json');
    const operations = Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({
        method: method.toUpperCase(),
        path: path.replace('/api/v1', '').replace(/\{\w+\}/g, 'x'),
      })),
    );
    expect(operations.length).toBeGreaterThan(12);
    for (const { method, path } of operations) {
      const answer = await keyed.call(method, path, undefined, { key: 'wrong' });
      expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    }
  });

  test('roles bound what a key may do', async () => {
    const as = async (key: string, method: string, path: string, payload?: unknown) =>
      (await keyed.call(method, path, payload, { key })).status;
    expect(await as('acme-look', 'GET', '/batches')).toBe(200);
    expect(await as('acme-look', 'POST', '/batches', body)).toBe(403);
    expect(await as('acme-run', 'POST', '/batches', body)).toBe(202);
    expect(await as('default-look', 'PUT', '/quota', { callsPerMinute: 30 })).toBe(403);
    expect(await as('acme-all', 'PUT', '/quota', { callsPerMinute: 30 })).toBe(403);
    expect(await as('default-all', 'PUT', '/quota', { callsPerMinute: 30 })).toBe(200);
    expect((await keyed.call('GET', '/quota', undefined, { key: 'acme-look' })).body).toMatchObject({
      callsPerMinute: 30,
    });
    expect(await as('default-all', 'PUT', '/quota', { callsPerMinute: 0 })).toBe(422);
  });

  test("another tenant's batch is the same 404 as none at all, in every route", async () => {
    const { body: batch } = await keyed.call('POST', '/batches', body, { key: 'acme-run' });
    const paths = Object.entries(
      (await keyed.call('GET', '/openapi.json')).body.paths as Record<string, object>,
    );
    const aboutBatches = paths.flatMap(([path, methods]) =>
      /\{(id|jobId)\}/.test(path) ? Object.keys(methods).map((method) => ({ method, path })) : [],
    );
    expect(aboutBatches.length).toBeGreaterThanOrEqual(14);
    for (const { method, path } of aboutBatches) {
      const ask = (id: string) => {
        const filled = path
          .replace('/api/v1', '')
          .replace(/\{(id|jobId)\}/, id)
          .replace(/\{\w+\}/g, 'A');
        const payload =
          BODIES[path.replace(/.*\}/, '')] ?? (method === 'patch' ? { budgetUsd: 1 } : undefined);
        return keyed.call(method.toUpperCase(), filled, payload, { key: 'beta-run' });
      };
      const theirs = await ask(batch.id);
      expect({ method, path, status: theirs.status }).toEqual({ method, path, status: 404 });
      expect(theirs.body).toEqual((await ask('none')).body);
    }
    expect((await keyed.call('GET', '/batches', undefined, { key: 'beta-run' })).body.items).toEqual([]);
    expect((await keyed.call('GET', `/batches/${batch.id}`, undefined, { key: 'acme-look' })).status).toBe(
      200,
    );
  });

  test('an Idempotency-Key belongs to its tenant', async () => {
    const headers = { 'idempotency-key': 'same' };
    const acme = await keyed.call('POST', '/batches', body, { key: 'acme-run', headers });
    const beta = await keyed.call('POST', '/batches', body, { key: 'beta-run', headers });
    expect(beta.status).toBe(202);
    expect(beta.body.id).not.toBe(acme.body.id);
  });

  test('links in answers start with PUBLIC_URL', async () => {
    const { body: batch } = await keyed.call('POST', '/batches', body, { key: 'acme-run' });
    expect(batch.links.self).toBe(`https://studio.example.com/api/v1/batches/${batch.id}`);
  });

  test('keys never reach the log', async () => {
    await keyed.call('GET', '/batches', undefined, { key: 'default-all' });
    expect(keyed.logged.join('')).not.toMatch(/acme-run|default-all|beta-run/);
  });
});

describe('Bull Board', () => {
  const get = (path: string, key?: string, init: RequestInit = {}) =>
    fetch(`${keyed.url}/admin/queues${path}`, {
      ...init,
      headers:
        key === undefined ? {} : { authorization: `Basic ${Buffer.from(`me:${key}`).toString('base64')}` },
    });

  test('makes the browser ask for the key, and is not for keys of other tenants', async () => {
    const anonymous = await get('/');
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toContain('Basic');
    expect((await get('/', 'acme-all')).status).toBe(403);
    const page = await get('/', 'default-look');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Image Studio');
  });

  test('is read-only unless the key is an admin’s', async () => {
    const queues = async (key: string) =>
      ((await (await get('/api/queues', key)).json()) as { queues: { readOnlyMode: boolean }[] }).queues;
    expect((await queues('default-look')).map(({ readOnlyMode }) => readOnlyMode)).toEqual([
      true,
      true,
      true,
    ]);
    expect((await queues('default-all')).map(({ readOnlyMode }) => readOnlyMode)).toEqual([
      false,
      false,
      false,
    ]);
    expect(
      (await get('/api/queues/sku/pause', 'default-look', { method: 'PUT' })).status,
    ).toBeGreaterThanOrEqual(400);
    expect((await get('/api/queues/sku/clean/failed', 'default-all', { method: 'PUT' })).status).toBe(200);
  });
});

describe('without keys', () => {
  test('a name that is not a loopback one is refused: DNS rebinding', async () => {
    expect(await statusWithHost(open.url, 'evil.example')).toBe(403);
    expect(await statusWithHost(open.url, 'localhost:1234')).toBe(200);
    expect(await statusWithHost(keyed.url, 'studio.example.com')).toBe(401);
  });

  test('a page of another origin cannot change anything', async () => {
    const headers = { origin: 'https://evil.example' };
    expect(await open.call('POST', '/batches', body, { headers })).toMatchObject({
      status: 403,
      body: { code: 'FOREIGN_ORIGIN' },
    });
    const own = { origin: open.url };
    expect((await open.call('POST', '/batches', body, { headers: own })).status).toBe(202);
  });

  test('the process refuses a host that others can reach', async () => {
    await expect(startTestApi({ REDIS_URL: redis.url, HOST: '0.0.0.0' })).rejects.toThrow('API_KEYS');
  });
});

function statusWithHost(url: string, host: string): Promise<number | undefined> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path: '/api/v1/batches', headers: { host } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end();
  });
}
