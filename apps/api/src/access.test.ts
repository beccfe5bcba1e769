import { request } from 'node:http';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { io, Manager } from 'socket.io-client';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';
import { startTestWorker } from './testing/start-test-worker.ts';

const KEYS =
  'viewer@acme:acme-look-key-of-tests,operator@acme:acme-run-key-of-tests,admin@acme:acme-all-key-of-tests,viewer@default-look-key-of-tests,operator@beta:beta-run-key-of-tests,default-all-key-of-tests';

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
  '/review': { decision: 'approve', filter: {} },
  '/skus/{sku}/review': { decision: 'approve' },
  '/skus/{sku}': { attributes: {} },
  '/sample': { apply: 'rest' },
  '/sample/choices/{sku}': { choice: null },
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
    // Of their own: as many wrong keys leave nobody at this address another guess.
    const guarded = await startTestApi({ REDIS_URL: redis.url, API_KEYS: KEYS });
    try {
      for (const { method, path } of operations) {
        const answer = await guarded.call(method, path, undefined, { key: 'wrong' });
        expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
        expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      }
    } finally {
      await guarded.close();
    }
  });

  test('roles bound what a key may do', async () => {
    const as = async (key: string, method: string, path: string, payload?: unknown) =>
      (await keyed.call(method, path, payload, { key })).status;
    expect(await as('acme-look-key-of-tests', 'GET', '/batches')).toBe(200);
    expect(await as('acme-look-key-of-tests', 'POST', '/batches', body)).toBe(403);
    expect(await as('acme-run-key-of-tests', 'POST', '/batches', body)).toBe(202);
    expect(await as('default-look-key-of-tests', 'PUT', '/quota', { callsPerMinute: 30 })).toBe(403);
    expect(await as('acme-all-key-of-tests', 'PUT', '/quota', { callsPerMinute: 30 })).toBe(403);
    expect(await as('default-all-key-of-tests', 'PUT', '/quota', { callsPerMinute: 30 })).toBe(200);
    expect(
      (await keyed.call('GET', '/quota', undefined, { key: 'acme-look-key-of-tests' })).body,
    ).toMatchObject({
      callsPerMinute: 30,
    });
    expect(await as('default-all-key-of-tests', 'PUT', '/quota', { callsPerMinute: 0 })).toBe(422);
  });

  test("another tenant's batch is the same 404 as none at all, in every route", async () => {
    const { body: batch } = await keyed.call('POST', '/batches', body, { key: 'acme-run-key-of-tests' });
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
        const takesBody = method !== 'get' && method !== 'head';
        const payload = takesBody
          ? (BODIES[path.replace(/.*\{id\}/, '')] ?? (method === 'patch' ? { budgetUsd: 1 } : undefined))
          : undefined;
        return keyed.call(method.toUpperCase(), filled, payload, { key: 'beta-run-key-of-tests' });
      };
      const theirs = await ask(batch.id);
      expect({ method, path, status: theirs.status }).toEqual({ method, path, status: 404 });
      expect(theirs.body).toEqual((await ask('none')).body);
    }
    expect(
      (await keyed.call('GET', '/batches', undefined, { key: 'beta-run-key-of-tests' })).body.items,
    ).toEqual([]);
    expect(
      (await keyed.call('GET', `/batches/${batch.id}`, undefined, { key: 'acme-look-key-of-tests' })).status,
    ).toBe(200);
  });

  test('a tenant does not learn what the others spend, nor the names of the machines', async () => {
    const worker = await startTestWorker(keyed.config);
    const get = async (path: string, key: string) => (await keyed.call('GET', path, undefined, { key })).body;
    expect((await get('/workers', 'default-look-key-of-tests')).items).toMatchObject([{ pid: process.pid }]);
    expect((await get('/workers', 'acme-look-key-of-tests')).items).toMatchObject([
      { id: 'worker-1', host: null, pid: null, version: 'test' },
    ]);
    expect(await get('/quota', 'default-look-key-of-tests')).toMatchObject({
      costTodayUsd: 0,
      spentLast10MinUsd: 0,
    });
    expect(await get('/quota', 'acme-look-key-of-tests')).toMatchObject({
      costTodayUsd: null,
      spentLast10MinUsd: null,
    });
    await worker.close();
  });

  test('an Idempotency-Key belongs to its tenant', async () => {
    const headers = { 'idempotency-key': 'same' };
    const acme = await keyed.call('POST', '/batches', body, { key: 'acme-run-key-of-tests', headers });
    const beta = await keyed.call('POST', '/batches', body, { key: 'beta-run-key-of-tests', headers });
    expect(beta.status).toBe(202);
    expect(beta.body.id).not.toBe(acme.body.id);
  });

  test('links in answers start with PUBLIC_URL', async () => {
    const { body: batch } = await keyed.call('POST', '/batches', body, { key: 'acme-run-key-of-tests' });
    expect(batch.links.self).toBe(`https://studio.example.com/api/v1/batches/${batch.id}`);
  });

  test('every action leaves a line that says who, what and with what success', async () => {
    const lines = () => keyed.logged.map((line) => JSON.parse(line)).filter(({ audit }) => audit === true);
    const { body: batch } = await keyed.call('POST', '/batches', body, { key: 'acme-run-key-of-tests' });
    await keyed.call('POST', `/batches/${batch.id}/pause`, undefined, { key: 'acme-run-key-of-tests' });
    await keyed.call('POST', `/batches/${batch.id}/cancel`, undefined, { key: 'beta-run-key-of-tests' });
    await keyed.call('DELETE', `/batches/${batch.id}`, undefined, { key: 'acme-look-key-of-tests' });
    await keyed.call('POST', `/batches/${batch.id}/resume`, undefined, { key: 'guess' });
    await keyed.call('GET', `/batches/${batch.id}`, undefined, { key: 'acme-run-key-of-tests' });
    await eventually(() => expect(lines().filter(({ batchId }) => batchId === batch.id)).toHaveLength(5));
    const acme = { tenant: 'acme', role: 'operator', key: '92123d55', ip: '127.0.0.1' };
    expect(lines().filter(({ batchId }) => batchId === batch.id)).toMatchObject([
      { ...acme, action: 'submitBatch', status: 202 },
      { ...acme, action: 'pauseBatch', status: 200 },
      { tenant: 'beta', action: 'cancelBatch', status: 404 },
      { tenant: 'acme', role: 'viewer', action: 'deleteBatch', status: 403 },
      { tenant: null, role: null, key: null, action: 'resumeBatch', status: 401 },
    ]);
  });

  test('keys never reach the log', async () => {
    await keyed.call('GET', '/batches', undefined, { key: 'default-all-key-of-tests' });
    expect(keyed.logged.join('')).not.toMatch(
      /acme-run-key-of-tests|default-all-key-of-tests|beta-run-key-of-tests/,
    );
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
    expect((await get('/', 'acme-all-key-of-tests')).status).toBe(403);
    const page = await get('/', 'default-look-key-of-tests');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Image Studio');
  });

  test('is read-only unless the key is an admin’s', async () => {
    const queues = async (key: string) => {
      const board = await (await get('/api/queues', key)).json();
      return (board as { queues: { name: string; readOnlyMode: boolean }[] }).queues;
    };
    const namesOf = async (key: string, isReadOnly: boolean) =>
      (await queues(key)).filter((queue) => queue.readOnlyMode === isReadOnly).map(({ name }) => name);
    const all = ['sku', 'ai', 'webhook', 'chore'];
    expect(await namesOf('default-look-key-of-tests', true)).toEqual(all);
    expect(await namesOf('default-all-key-of-tests', false)).toEqual(all);
    for (const method of ['PUT', 'POST', 'PATCH', 'DELETE']) {
      for (const path of ['/api/queues/sku/pause', '/api/queues/sku/clean/failed', '/api/queues/sku/add']) {
        expect((await get(path, 'default-look-key-of-tests', { method })).status).toBe(403);
        expect((await get(path, undefined, { method })).status).toBe(401);
      }
    }
    expect(
      (await get('/api/queues/sku/clean/failed', 'default-all-key-of-tests', { method: 'PUT' })).status,
    ).toBe(200);
  });
});

describe('a limit of requests', () => {
  let limited: TestApi;
  beforeAll(async () => {
    limited = await startTestApi({
      REDIS_URL: redis.url,
      API_KEYS: 'one-key-of-tests,viewer@acme:two-key-of-tests',
      API_RATE_LIMIT_PER_MINUTE: '30',
    });
    await eventually(async () => expect((await fetch(`${limited.url}/readyz`)).status).toBe(200));
  });
  afterAll(() => limited.close());

  test('holds for each key alone, says when to come back, and lets the probes through', async () => {
    const ask = (key: string) => limited.call('GET', '/profiles', undefined, { key });
    const first = await ask('one-key-of-tests');
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit-limit')).toBe('30');
    expect(first.headers.get('ratelimit-remaining')).toBe('29');
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask('one-key-of-tests')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(5);
    expect(refused[0]?.body).toMatchObject({ code: 'RATE_LIMITED', status: 429 });
    expect(refused[0]?.headers.get('content-type')).toContain('application/problem+json');
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('two-key-of-tests')).status).toBe(200);
    expect((await fetch(`${limited.url}/healthz`)).status).toBe(200);
  });
});

describe('guessing keys', () => {
  const RIGHT = 'right-key-of-tests';
  const USED = 'used-key-of-tests';
  let guarded: TestApi;
  beforeEach(async () => {
    guarded = await startTestApi({
      REDIS_URL: redis.url,
      API_KEYS: `${RIGHT},viewer@acme:${USED}`,
      // One more guess every three seconds, so that a slow machine does not get one in between.
      API_RATE_LIMIT_PER_MINUTE: '20',
    });
    await eventually(async () => expect((await fetch(`${guarded.url}/readyz`)).status).toBe(200));
  });
  afterEach(() => guarded.close());

  const statusOf = async (key: string) => (await guarded.call('GET', '/profiles', undefined, { key })).status;
  const basic = async (key: string) => {
    const authorization = `Basic ${Buffer.from(`me:${key}`).toString('base64')}`;
    return (await fetch(`${guarded.url}/admin/queues/`, { headers: { authorization } })).status;
  };
  const socket = async (key: string) => {
    const client = io(guarded.url, { auth: { token: key }, transports: ['websocket'], reconnection: false });
    const outcome = await new Promise<string>((resolve) => {
      client.once('connect', () => resolve('connected'));
      client.once('connect_error', ({ message }) => resolve(message));
    });
    client.disconnect();
    return outcome;
  };
  const refusals = () =>
    guarded.logged
      .map((line) => JSON.parse(line))
      .filter(({ audit, status }) => audit === true && (status === 401 || status === 429));

  test('is one limit for REST, sockets and Basic, which then does not tell the right key either', async () => {
    expect(await statusOf(USED)).toBe(200);
    for (const door of [statusOf, basic, socket]) await door('guess-of-an-intruder');
    const spend = () => eventually(async () => expect(await statusOf('guess-of-an-intruder')).toBe(429));
    await spend();
    expect(await statusOf(RIGHT)).toBe(429);
    await spend();
    expect(await basic(RIGHT)).toBe(429);
    await spend();
    expect(await socket(RIGHT)).toBe('RATE_LIMITED');
    // Who was here before is not locked out.
    expect(await statusOf(USED)).toBe(200);
    expect(await socket(USED)).toBe('connected');
  });

  test('leaves a line for each of the first refusals at every door, and few after that', async () => {
    await statusOf('guess-of-an-intruder');
    await basic('guess-of-an-intruder');
    await socket('guess-of-an-intruder');
    const stranger = { key: null, tenant: null, role: null, status: 401, ip: '127.0.0.1' };
    expect(refusals()).toMatchObject([
      { ...stranger, action: 'listProfiles' },
      { ...stranger, action: 'board GET /' },
      { ...stranger, action: 'connectSocket' },
    ]);
    await Promise.all(Array.from({ length: 300 }, () => statusOf('guess-of-an-intruder')));
    expect(refusals()).toHaveLength(60 + 1);
    expect(guarded.logged.join('')).not.toContain('guess-of-an-intruder');
  });

  test('ends a web socket with its first wrong key, however many came with it', async () => {
    const manager = new Manager(guarded.url, { transports: ['websocket'], reconnection: false });
    await new Promise<void>((resolve) => void manager.once('open', resolve));
    const packets: string[] = [];
    manager.engine.on('data', (packet) => void packets.push(String(packet)));
    const closed = new Promise<void>((resolve) => void manager.once('close', () => resolve()));
    for (let n = 0; n < 5000; n += 1) {
      manager.engine.write(`0${JSON.stringify({ token: `guess-${n}-of-an-intruder` })}`);
    }
    manager.engine.write(`0${JSON.stringify({ token: RIGHT })}`);
    await closed;
    expect(packets[0]).toContain('UNAUTHORIZED');
    expect(packets.filter((packet) => packet.startsWith('0'))).toEqual([]);
    // Most of the others are not even decoded.
    expect(packets.filter((packet) => packet.includes('UNAUTHORIZED')).length).toBeLessThan(2500);
    expect(refusals()).toHaveLength(1);
    expect(await socket(RIGHT)).toBe('connected');
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
