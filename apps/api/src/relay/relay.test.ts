import type { BatchFinished, BatchProgress, SkuUpdate, SubscribeAck } from '@image-studio/contract';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { io, type Socket } from 'socket.io-client';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';
import { startTestWorker, type TestWorker } from '../testing/start-test-worker.ts';

let redis: TestRedis;
let api: TestApi;
let worker: TestWorker;
const sockets: Socket[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  api = await startTestApi({
    REDIS_URL: redis.url,
    API_KEYS: 'operator@acme:acme-run-key-of-tests,operator@beta:beta-run-key-of-tests',
  });
  await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
  worker = await startTestWorker(api.config);
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});

afterAll(async () => {
  await api?.close();
  await worker?.close();
  await redis?.stop();
});

interface Watcher {
  socket: Socket;
  events: ({ event: string; at: number } & (SkuUpdate | BatchProgress | BatchFinished))[];
  subscribe(request: unknown): Promise<SubscribeAck>;
}

async function watcher(
  token: unknown = 'acme-run-key-of-tests',
  headers: Record<string, string> = {},
): Promise<Watcher> {
  const socket = io(api.url, {
    auth: { token },
    transports: ['websocket'],
    reconnection: false,
    extraHeaders: headers,
  });
  sockets.push(socket);
  const events: Watcher['events'] = [];
  socket.onAny((event, payload) => events.push({ event, at: performance.now(), ...payload }));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return {
    socket,
    events,
    subscribe: (request) => socket.timeout(5000).emitWithAck('batch:subscribe', request),
  };
}

async function submit(codes: string[]): Promise<string> {
  const skus = codes.map((sku) => ({ sku, images: [{ url: 'u' }] }));
  const { body } = await api.call('POST', '/batches', { skus }, { key: 'acme-run-key-of-tests' });
  return body.id;
}

const control = (id: string, action: string) =>
  api.call('POST', `/batches/${id}/${action}`, undefined, { key: 'acme-run-key-of-tests' });
const numbersOf = (one: Watcher) => one.events.map(({ seq }) => seq);
const finishedOf = (one: Watcher) => one.events.filter(({ event }) => event === 'batch:finished');

describe('following a batch', () => {
  test('starts with a snapshot, tells each change, and ends with one batch:finished', async () => {
    const id = await submit(['hold-1', 'hold-2', 'A', 'bad-1']);
    const one = await watcher();
    const ack = await one.subscribe({ batchId: id });
    expect(ack).toMatchObject({
      ok: true,
      snapshot: { batch: { id }, skus: [{ sku: 'hold-1' }, {}, {}, {}], nextCursor: null },
    });
    const { snapshot } = ack as { snapshot: { seq: number; skus: { sku: string; state: string }[] } };
    const states = new Map(snapshot.skus.map(({ sku, state }) => [sku, state]));
    await control(id, 'cancel');
    await eventually(() => expect(finishedOf(one)).toHaveLength(1));
    for (const update of one.events)
      if ('skus' in update) for (const { sku, state } of update.skus) states.set(sku, state);
    expect(Object.fromEntries(states)).toMatchObject({ 'hold-1': 'cancelled', 'hold-2': 'cancelled' });
    expect(finishedOf(one)[0]).toMatchObject({
      type: 'finished',
      status: 'cancelled',
      finishedAt: expect.any(String),
      total: 4,
      current: 4,
    });
    expect(numbersOf(one)).toEqual([...numbersOf(one)].sort((a, b) => a - b));
    expect(Math.min(...numbersOf(one))).toBeGreaterThan(snapshot.seq);
    const { body } = await api.call('GET', `/batches/${id}`, undefined, { key: 'acme-run-key-of-tests' });
    expect(one.events.at(-1)?.seq).toBe(body.seq);
  });

  test('a client that comes back with its seq gets what it missed, and nothing when it missed nothing', async () => {
    const id = await submit(['hold-1', 'B']);
    const first = await watcher();
    const ack = await first.subscribe({ batchId: id });
    const { seq } = (ack as { snapshot: { seq: number } }).snapshot;
    first.socket.disconnect();
    await control(id, 'cancel');
    const second = await watcher();
    const missed = await second.subscribe({ batchId: id, seq });
    expect(missed).toMatchObject({ ok: true });
    const { missed: events } = missed as { missed: { event: string; seq: number }[] };
    expect(events.map(({ event }) => event)).toEqual(['sku:update', 'batch:progress', 'batch:finished']);
    const last = events.at(-1)?.seq;
    await eventually(async () => {
      const third = await watcher();
      expect(await third.subscribe({ batchId: id, seq: last })).toEqual({ ok: true, missed: [] });
    });
    expect(second.events).toEqual([]);
  });

  test('who asks for the brief view gets SKUs without timelines, beside one who gets them whole', async () => {
    const id = await submit(['hold-1', 'B']);
    const [brief, whole] = [await watcher(), await watcher()];
    const ack = await brief.subscribe({ batchId: id, view: 'brief' });
    await whole.subscribe({ batchId: id });
    const { skus } = (ack as { snapshot: { skus: object[] } }).snapshot;
    await control(id, 'cancel');
    await eventually(() => expect(finishedOf(whole)).toHaveLength(1));
    await eventually(() => expect(finishedOf(brief)).toHaveLength(1));
    const told = (one: typeof brief) => one.events.flatMap((event) => ('skus' in event ? event.skus : []));
    expect([...skus, ...told(brief)].filter((sku) => 'timeline' in sku)).toEqual([]);
    expect(told(brief).length).toBeGreaterThan(0);
    expect(told(whole).every((sku) => 'timeline' in sku)).toBe(true);
    expect(brief.events.at(-1)?.seq).toBe(whole.events.at(-1)?.seq);
  });

  test('a seq that the batch never reached gets a snapshot', async () => {
    const id = await submit(['A']);
    const one = await watcher();
    expect(await one.subscribe({ batchId: id, seq: 1_000_000 })).toMatchObject({
      ok: true,
      snapshot: { batch: { id } },
    });
  });

  test('too much to tell one by one is replaced by a snapshot; live it is told in pieces, each SKU once', async () => {
    const codes = Array.from({ length: 1200 }, (_, index) => `hold-${index}`);
    const id = await submit(codes);
    await control(id, 'pause');
    const one = await watcher();
    const ack = await one.subscribe({ batchId: id });
    expect(ack).toMatchObject({ ok: true, snapshot: { nextCursor: expect.any(String) } });
    const { seq } = (ack as { snapshot: { seq: number } }).snapshot;
    await control(id, 'cancel');
    await eventually(() => expect(finishedOf(one)).toHaveLength(1));
    const told = one.events.flatMap((event) => ('skus' in event ? event.skus : []));
    expect(told.filter(({ state }) => state === 'cancelled')).toHaveLength(1200);
    const late = await watcher();
    expect(await late.subscribe({ batchId: id, seq })).toMatchObject({
      ok: true,
      snapshot: { batch: { status: 'cancelled' } },
    });
  });

  test('updates of one batch come at most four times a second', async () => {
    const id = await submit(Array.from({ length: 300 }, (_, index) => `fast-${index}`));
    const one = await watcher();
    const start = performance.now();
    await one.subscribe({ batchId: id });
    await eventually(
      async () => {
        const { body } = await api.call('GET', `/batches/${id}`, undefined, { key: 'acme-run-key-of-tests' });
        expect(body.finishedAt).not.toBeNull();
        expect(numbersOf(one).at(-1)).toBe(body.seq);
      },
      { timeoutMs: 40_000, intervalMs: 100 },
    );
    // Over the whole time, because single deliveries come late on a busy machine. The first one is free, and a timer of
    // 250 ms may come a millisecond early.
    const quarters = (performance.now() - start) / 249;
    expect(one.events.filter(({ event }) => event === 'batch:progress').length).toBeLessThanOrEqual(
      quarters + 1,
    );
  }, 60_000);

  test('a finished batch that is retried finishes once more', async () => {
    const id = await submit(['bad-1']);
    const one = await watcher();
    await eventually(async () => {
      const { body } = await api.call('GET', `/batches/${id}`, undefined, { key: 'acme-run-key-of-tests' });
      expect(body.status).toBe('failed');
    });
    await one.subscribe({ batchId: id });
    await control(id, 'retry');
    await eventually(() => expect(finishedOf(one)).toHaveLength(1));
  });

  test('unsubscribing ends it', async () => {
    const id = await submit(['hold-1']);
    const one = await watcher();
    await one.subscribe({ batchId: id });
    expect(await one.socket.timeout(5000).emitWithAck('batch:unsubscribe', { batchId: id })).toEqual({
      ok: true,
    });
    const before = one.events.length;
    const other = await watcher();
    await other.subscribe({ batchId: id });
    await control(id, 'cancel');
    await eventually(() => expect(finishedOf(other)).toHaveLength(1));
    expect(one.events).toHaveLength(before);
  });
});

describe('who may follow', () => {
  test.each([[undefined], ['wrong'], [{ key: 'acme-run-key-of-tests' }]])(
    'the token %j is refused',
    async (token) => {
      await expect(watcher(token ?? null)).rejects.toThrow('UNAUTHORIZED');
    },
  );

  test('a page of another origin is refused, whatever its token', async () => {
    await expect(watcher('acme-run-key-of-tests', { origin: 'https://evil.example' })).rejects.toThrow();
  });

  test("another tenant's batch is one that does not exist", async () => {
    const id = await submit(['A']);
    const one = await watcher('beta-run-key-of-tests');
    const missing = await one.subscribe({ batchId: 'none' });
    expect(missing).toEqual({
      ok: false,
      error: { code: 'BATCH_NOT_FOUND', message: 'There is no such batch.' },
    });
    expect(await one.subscribe({ batchId: id })).toEqual(missing);
  });

  test.each([
    [null],
    ['text'],
    [{}],
    [{ batchId: 7 }],
    [{ batchId: 'x'.repeat(65) }],
    [{ batchId: 'x', seq: -1 }],
  ])('the request %j is refused', async (request) => {
    const one = await watcher();
    expect(await one.subscribe(request)).toMatchObject({ ok: false, error: { code: 'INVALID_REQUEST' } });
  });

  test('a request without a way to answer does no harm', async () => {
    const one = await watcher();
    one.socket.emit('batch:subscribe', { batchId: 'x' });
    expect(await one.subscribe({ batchId: 'none' })).toMatchObject({ ok: false });
  });

  test('a connection that floods is told to slow down, and others are answered', async () => {
    const [flood, other] = [await watcher(), await watcher()];
    const acks = await Promise.all(Array.from({ length: 650 }, () => flood.subscribe({ batchId: 'none' })));
    const codes = new Set(acks.map((ack) => (ack.ok ? 'ok' : ack.error.code)));
    expect([...codes].sort()).toEqual(['BATCH_NOT_FOUND', 'RATE_LIMITED']);
    expect(await other.subscribe({ batchId: 'none' })).toMatchObject({ error: { code: 'BATCH_NOT_FOUND' } });
  });

  test('a connection that goes on flooding, with messages of any name, is cut, and others are answered', async () => {
    const [flood, other] = [await watcher(), await watcher()];
    const cut = new Promise((resolve) => flood.socket.once('disconnect', resolve));
    for (let n = 0; n < 4000; n += 1) flood.socket.emit(n % 2 === 0 ? 'batch:subscribe' : 'nothing', n);
    expect(await cut).toBe('io server disconnect');
    expect(await other.subscribe({ batchId: 'none' })).toMatchObject({ error: { code: 'BATCH_NOT_FOUND' } });
  });

  test.each(['?EIO=4&transport=polling', '?EIO=4', '?EIO=4&transport=polling&sid=none'])(
    'what socket.io answers by itself (%s) carries the headers of every other answer',
    async (query) => {
      const { headers } = await fetch(`${api.url}/socket.io/${query}`);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  test('one connection follows a bounded number of batches', async () => {
    const ids = await Promise.all(Array.from({ length: 51 }, (_, index) => submit([`many-${index}`])));
    const one = await watcher();
    const acks: SubscribeAck[] = [];
    for (const batchId of ids) acks.push(await one.subscribe({ batchId }));
    expect(acks.filter(({ ok }) => ok)).toHaveLength(50);
    expect(acks.at(-1)).toMatchObject({ ok: false, error: { code: 'TOO_MANY_BATCHES' } });
  });
});
