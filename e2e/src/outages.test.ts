import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@image-studio/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Follower, followBatch } from './follow-batch.ts';
import { LOCK_MS, openWorld, type World } from './world.ts';

const COUNT = 6;
const soon = { timeoutMs: 60_000, intervalMs: 20 };
let world: World;
let used = 0;

beforeAll(async () => {
  world = await openWorld({ workers: 2, env: { SHUTDOWN_TIMEOUT_MS: '60000' } });
});
afterAll(() => world?.close());
afterEach(async () => {
  await world.cancelAll();
  world.s3.interfere(() => undefined);
  world.gemini.configure({ latencyMs: 300 });
});

async function start(): Promise<string> {
  used += COUNT;
  return (await world.submit(await world.skus(COUNT, used))).id;
}

/** Everybody who was there before is still there: nothing needed a restart. */
const pids = () => [world.studio.api, ...world.workers()].map(({ child }) => [child.pid, child.exitCode]);

describe('Redis', () => {
  test.each([
    ['killed for less than the lock', 'SIGKILL', 1500],
    ['killed for longer than the lock', 'SIGKILL', LOCK_MS + 2500],
    ['frozen for longer than the lock', 'SIGSTOP', LOCK_MS + 2500],
  ] as const)('%s loses nothing, is told to clients, and needs no restart', async (_how, signal, ms) => {
    world.gemini.configure({ latencyMs: 1000 });
    const before = pids();
    const id = await start();
    const client = followBatch(world.studio.url, id);
    await eventually(() => expect(client.counts()).toBeDefined(), soon);
    await eventually(() => expect(world.gemini.stats().onTheWire).toBeGreaterThan(1), soon);
    await world.studio.redis.kill(signal);
    const goneAt = performance.now();
    const { onTheWire } = world.gemini.stats();
    const [connection, newcomer] = [client.socket.id, followBatch(world.studio.url, id)];
    const told = firstAnswer(newcomer);

    const asked = performance.now();
    const body = { skus: [{ sku: 'x', images: [{ url: 'http://x.test/x.jpg' }] }] };
    const answers = await Promise.all([
      world.studio.post('/api/v1/batches', body),
      world.studio.post(`/api/v1/batches/${id}/pause`),
      ...['/api/v1/batches', `/api/v1/batches/${id}`, `/api/v1/batches/${id}/skus`, '/api/v1/quota'].map(
        (path) => world.studio.get(path),
      ),
    ]);
    expect(performance.now() - asked).toBeLessThan(3500);
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
    expect((await world.studio.get('/readyz')).status).toBe(503);
    expect((await world.studio.get('/healthz')).status).toBe(200);

    // How long it is away is what this is about.
    await sleep(Math.max(0, ms - (performance.now() - goneAt)));
    if (signal === 'SIGSTOP') await world.studio.redis.kill('SIGCONT');
    else await world.studio.redis.restart();
    // The pause was answered 503, which says nothing of whether it was done; resuming is harmless either way.
    await eventually(
      async () => expect((await world.studio.post(`/api/v1/batches/${id}/resume`)).status).toBe(200),
      soon,
    );
    const { counts, calls } = await world.ended(id);
    expect(counts).toMatchObject({ total: COUNT, completed: COUNT, failed: 0 });
    expect(calls.made - calls.failed).toBe(COUNT);
    expect(world.gemini.stats().accepted - COUNT).toBeLessThanOrEqual(onTheWire);
    const { items } = (await (await world.studio.get('/api/v1/batches')).json()) as {
      items: { counts: object }[];
    };
    expect(items.filter(({ counts: { total } }: { counts: { total?: number } }) => total === 1)).toEqual([]);
    expect(pids()).toEqual(before);

    // Who watched is still connected; who came meanwhile was told so in time, and was served later.
    expect(client.socket.id).toBe(connection);
    const { ok, ms: toldAfterMs } = await told;
    expect(ok).toBe(false);
    expect(toldAfterMs).toBeLessThan(3500);
    for (const one of [client, newcomer]) {
      await one.endsLike(await world.listing(id));
      one.close();
    }
  });
});

/** How its first subscription was answered, and after how long. */
async function firstAnswer({ answers, socket }: Follower): Promise<{ ok: boolean; ms: number }> {
  const from = await eventually(() => {
    if (!socket.connected) throw new Error('not connected');
    return performance.now();
  }, soon);
  const ok = await eventually(() => {
    const [first] = answers;
    if (first === undefined) throw new Error('not answered');
    return first;
  }, soon);
  return { ok, ms: performance.now() - from };
}

describe('a worker', () => {
  test('frozen for longer than its lock sends nothing that another one took over', async () => {
    world.gemini.configure({ latencyMs: 1500 });
    const id = await start();
    await eventually(() => expect(world.gemini.stats().onTheWire).toBeGreaterThan(1), soon);
    const [frozen] = world.workers();
    frozen?.child.kill('SIGSTOP');
    const { onTheWire } = world.gemini.stats();
    const { counts } = await world.ended(id);
    expect(counts).toMatchObject({ completed: COUNT, failed: 0 });
    const { accepted } = world.gemini.stats();
    expect(accepted - COUNT).toBeLessThanOrEqual(onTheWire);
    frozen?.child.kill('SIGCONT');
    const next = await start();
    expect((await world.ended(next)).counts).toMatchObject({ completed: COUNT, failed: 0 });
    expect(world.gemini.stats().accepted).toBe(accepted + COUNT);
    expect((await world.batch(id)).counts).toEqual(counts);
  });

  test('frozen before its call sends nothing when it wakes while another one makes that call', async () => {
    await world.killWorkers();
    await world.startWorkers(1);
    const [frozen] = world.workers();
    world.gemini.configure({ latencyMs: 2500 });
    // It wants the photo for its call, and will find it there when it wakes.
    let isFrozen = false;
    world.s3.interfere(({ operation, key }) => {
      if (operation !== 'GetObject' || !key.startsWith('inputs/') || isFrozen) return undefined;
      isFrozen = frozen?.child.kill('SIGSTOP') ?? false;
      return undefined;
    });
    const id = await start();
    await eventually(() => expect(isFrozen).toBe(true), soon);
    expect(world.gemini.stats().accepted).toBe(0);
    await world.startWorkers(1);
    await eventually(() => expect(world.gemini.stats().onTheWire).toBeGreaterThan(0), soon);
    frozen?.child.kill('SIGCONT');
    const { counts, calls } = await world.ended(id);
    expect(counts).toMatchObject({ completed: COUNT, failed: 0 });
    expect(calls).toMatchObject({ made: COUNT, failed: 0 });
    expect(world.gemini.stats()).toMatchObject({ accepted: COUNT, duplicates: 0 });
  });

  test('that is told to stop while Redis is frozen ends soon, with 0', async () => {
    const [worker] = world.workers();
    await world.studio.redis.kill('SIGSTOP');
    const toldAt = performance.now();
    const code = await worker?.stop('SIGTERM');
    const ms = performance.now() - toldAt;
    await world.studio.redis.kill('SIGCONT');
    // A red run shows what the worker said last.
    expect({ code, ...(code !== 0 && { said: worker?.output().slice(-6000) }) }).toEqual({ code: 0 });
    expect(ms).toBeLessThan(15_000);
    await eventually(async () => expect((await world.studio.get('/readyz')).status).toBe(200), soon);
  });
});

test.each(['SIGKILL', 'SIGSTOP'] as const)(
  'an API that is told to stop after %s of Redis ends soon, with 0',
  async (signal) => {
    await world.studio.redis.kill(signal);
    await eventually(async () => expect((await world.studio.get('/readyz')).status).toBe(503), soon);
    const toldAt = performance.now();
    expect(await world.studio.api.stop('SIGTERM')).toBe(0);
    expect(performance.now() - toldAt).toBeLessThan(20_000);
    if (signal === 'SIGSTOP') await world.studio.redis.kill('SIGCONT');
    else await world.studio.redis.restart();
    world.studio.api = await world.studio.startApi();
  },
);
