import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, refuse, startTcpRelay, startTestRedis } from '@image-studio/testkit';
import type { RunningProcess } from '@image-studio/testkit/deployment';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { LOCK_MS, openWorld, type World } from './world.ts';

const COUNT = 24;
/** Longer than the locks of the jobs, which are taken up again; one case for as long as a primary takes that is promoted. */
const REFUSED_MS = { OOM: 20_000, READONLY: 7000, MISCONF: 7000, NOREPLICAS: 7000 };
/** What a worker may say in a minute, whatever happens to Redis. */
const MOST_LOG_BYTES = 100_000;
const soon = { timeoutMs: 60_000, intervalMs: 50 };
let world: World;
let used = 0;

beforeAll(async () => {
  world = await openWorld({ workers: 2 });
});
afterAll(() => world?.close());
afterEach(() => world.cancelAll());

/** Where a worker answers probes. */
function opsUrl({ output }: RunningProcess): string {
  const [, url] = /"opsUrl":"([^"]+)"/.exec(output()) ?? [];
  if (url === undefined) throw new Error(`no address yet\n${output()}`);
  return url;
}

async function readyOf(url: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${url}/readyz`);
  return { status: answer.status, text: await answer.text() };
}

/** What is asked of the API that has to write something, and how it answers. */
async function askToWrite(ended: string): Promise<Response[]> {
  const body = { skus: [{ sku: 'x', images: [{ url: 'http://x.test/x.jpg' }] }] };
  const key = { 'idempotency-key': `key-${used}` };
  return Promise.all([
    world.studio.post('/api/v1/batches', body),
    world.studio.post('/api/v1/batches', body, key),
    world.studio.post('/api/v1/webhooks/test', { url: 'https://receiver.test/hook' }),
    world.studio.post(`/api/v1/batches/${ended}/skus/S${used}/review`, {
      image: 'main',
      decision: 'regenerate',
    }),
    fetch(`${world.studio.url}/api/v1/quota`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ callsPerMinute: 3000 }),
    }),
  ]);
}

describe.each(Object.entries(REFUSED_MS) as [keyof typeof REFUSED_MS, number][])(
  'a Redis that replies %s for %d ms',
  (refusal, refusedMs) => {
    test('in the middle of a batch costs nothing, is told to everybody, and is over by itself', async () => {
      world.gemini.configure({ latencyMs: 1500 });
      used += COUNT + 1;
      const ended = await world.submit(await world.skus(1, used));
      await world.ended(ended.id);
      const { accepted } = world.gemini.stats();
      const { id } = await world.submit(await world.skus(COUNT, used + 1));
      await eventually(async () => expect((await world.batch(id)).counts.completed).toBeGreaterThan(3), soon);
      const before = world.workers();
      const saidBefore = before.map(({ output }) => output().length);

      const end = await refuse(world.studio.redis, refusal);
      const refusedAt = performance.now();
      await eventually(async () => expect((await readyOf(world.studio.url)).text).toContain(refusal), soon);
      expect((await readyOf(world.studio.url)).status).toBe(503);
      for (const worker of before) {
        await eventually(
          async () =>
            expect(await readyOf(opsUrl(worker))).toEqual({
              status: 503,
              text: expect.stringContaining(refusal),
            }),
          soon,
        );
      }
      const metrics = await (await world.studio.get('/metrics')).text();
      expect(metrics).toContain('image_studio_redis_writable 0');
      for (const answer of await askToWrite(ended.id)) {
        expect([answer.url, answer.status]).toEqual([answer.url, 503]);
        expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
      }
      const newcomer = world.studio.startWorker();
      // How long it refuses is what this is about.
      await sleep(refusedMs - (performance.now() - refusedAt));
      const minutes = (performance.now() - refusedAt) / 60_000;
      await end();

      const { counts, calls } = await world.ended(id, 30_000);
      expect(counts).toMatchObject({ total: COUNT, completed: COUNT, failed: 0 });
      expect(calls).toMatchObject({ made: COUNT, failed: 0 });
      expect(world.gemini.stats().accepted - accepted).toBe(COUNT);
      before.forEach(({ output, child }, at) => {
        expect([child.exitCode, child.signalCode]).toEqual([null, null]);
        const said = output().slice(saidBefore[at]);
        expect(said.length / Math.max(1, minutes)).toBeLessThan(MOST_LOG_BYTES);
        expect(said.match(/"(waiting for Redis|Redis is back)"/g)).toHaveLength(2);
      });
      // Who came meanwhile has waited.
      await eventually(() => expect(newcomer.output()).toContain('worker takes jobs'), soon);
      expect(await newcomer.stop()).toBe(0);
      await eventually(async () => expect((await readyOf(world.studio.url)).status).toBe(200), soon);
    });
  },
);

test('calls that are on the wire for longer than Redis refuses, and than their locks, are made once', async () => {
  // The shortest of six takes about half of it; the last one may leave seconds after the first on a busy machine.
  world.gemini.configure({ latencyMs: 6 * LOCK_MS });
  const count = 6;
  used += COUNT + count;
  const { accepted } = world.gemini.stats();
  const { id } = await world.submit(await world.skus(count, used + COUNT));
  await eventually(() => expect(world.gemini.stats().onTheWire).toBe(count), soon);
  const end = await refuse(world.studio.redis, 'OOM');
  await sleep(LOCK_MS + 1500);
  expect(world.gemini.stats().onTheWire).toBe(count);
  await end();
  const { counts, calls } = await world.ended(id, 60_000);
  expect(counts).toMatchObject({ completed: count, failed: 0 });
  expect(calls).toMatchObject({ made: count, failed: 0 });
  expect(world.gemini.stats().accepted - accepted).toBe(count);
});

test('a primary that is demoted, and keeps its connections open, is left within 5 s, and loses no SKU', async () => {
  const [primary, replica] = await Promise.all([startTestRedis(), startTestRedis()]);
  const [atPrimary, atReplica] = [new Redis(primary.url), new Redis(replica.url)];
  const relay = await startTcpRelay(primary.port);
  await atReplica.replicaof('127.0.0.1', primary.port);
  await eventually(async () => expect(await atPrimary.info('replication')).toContain('state=online'), soon);
  const behind = await openWorld({ workers: 2, env: { REDIS_URL: `redis://127.0.0.1:${relay.port}` } });
  try {
    behind.gemini.configure({ latencyMs: 1500 });
    const { id } = await behind.submit(await behind.skus(COUNT));
    await eventually(async () => expect((await behind.batch(id)).counts.completed).toBeGreaterThan(3), soon);
    expect(relay.openTo(primary.port)).toBeGreaterThan(0);
    relay.leadTo(replica.port);
    await atPrimary.call('FAILOVER', 'TO', '127.0.0.1', String(replica.port));
    await eventually(async () => expect(await atReplica.info('replication')).toContain('role:master'), soon);
    const demotedAt = performance.now();
    await eventually(() => expect(relay.openTo(primary.port)).toBe(0), soon);
    expect(performance.now() - demotedAt).toBeLessThan(5000);
    const { counts, calls } = await behind.ended(id, 60_000);
    expect(counts).toMatchObject({ total: COUNT, completed: COUNT, failed: 0 });
    expect(calls).toMatchObject({ made: COUNT, failed: 0 });
    expect(behind.gemini.stats().accepted).toBe(COUNT);
    for (const { child } of [behind.studio.api, ...behind.workers()]) expect(child.exitCode).toBeNull();
  } finally {
    await behind.close();
    await relay.close();
    for (const connection of [atPrimary, atReplica]) connection.disconnect();
    await Promise.all([primary.stop(), replica.stop()]);
  }
});
