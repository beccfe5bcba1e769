import { execFileSync } from 'node:child_process';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@image-studio/testkit';
import type { S3Fault } from '@image-studio/testkit/s3-stand-in';
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
afterAll(() => world.close());
afterEach(async () => {
  await world.cancelAll();
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
    ['frozen for less than the lock', 'SIGSTOP', 1500],
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

  test.each(['SIGKILL', 'SIGSTOP'] as const)(
    'that is told to stop while Redis is away (%s) ends soon, with 0',
    async (signal) => {
      await world.startWorkers(1);
      const worker = world.workers().at(-1);
      await world.studio.redis.kill(signal);
      const toldAt = performance.now();
      expect(await worker?.stop('SIGTERM')).toBe(0);
      expect(performance.now() - toldAt).toBeLessThan(15_000);
      if (signal === 'SIGSTOP') await world.studio.redis.kill('SIGCONT');
      else await world.studio.redis.restart();
      await eventually(async () => expect((await world.studio.get('/readyz')).status).toBe(200), soon);
    },
  );
});

describe('the bucket', () => {
  test.each<[string, S3Fault]>([
    ['that answers nothing', { kind: 'hang' }],
    ['that is overloaded', { kind: 'error', status: 503, code: 'SlowDown' }],
    ['that does not exist', { kind: 'error', status: 404, code: 'NoSuchBucket' }],
  ])('%s for a while fails no SKU and costs no call', async (_how, fault) => {
    const id = await start();
    await eventually(() => expect(world.gemini.stats().accepted).toBeGreaterThan(1), soon);
    world.s3.interfere(() => fault);
    await eventually(async () => expect((await world.studio.get('/readyz')).status).toBe(503), soon);
    await sleep(LOCK_MS);
    world.s3.interfere(() => undefined);
    const { counts, calls } = await world.ended(id);
    expect(counts).toMatchObject({ total: COUNT, completed: COUNT, failed: 0 });
    expect(calls).toMatchObject({ made: COUNT, failed: 0 });
    expect(world.gemini.stats().accepted).toBe(COUNT);
  });
});

describe('a worker that is told to stop', () => {
  test('while the bucket answers nothing ends in time, with 0, and another one goes on', async () => {
    const id = await start();
    world.s3.interfere(({ operation }) => (operation === 'PutObject' ? { kind: 'hang' } : undefined));
    const worker = world.studio.startWorker({ SHUTDOWN_TIMEOUT_MS: '6000' });
    const puts = () => world.s3.requests.filter(({ operation }) => operation === 'PutObject').length;
    await eventually(() => expect(worker.output()).toContain('worker takes jobs'), soon);
    const before = puts();
    await eventually(() => expect(puts()).toBeGreaterThan(before + 3), soon);
    const toldAt = performance.now();
    expect(await worker.stop('SIGTERM')).toBe(0);
    expect(performance.now() - toldAt).toBeLessThan(7000);
    world.s3.interfere(() => undefined);
    expect((await world.ended(id)).counts).toMatchObject({ completed: COUNT, failed: 0 });
  });
});

describe('the folder', () => {
  test('on a disk that is full for a while fails no SKU and costs no call', async () => {
    const other = await openWorld({ workers: 0, store: 'file' });
    const disk = await smallDisk(join(other.studio.dataDir, 'objects'));
    try {
      await other.startWorkers(1);
      await disk.fill();
      const { id } = await other.submit(await other.skus(3));
      await eventually(async () => expect((await other.studio.get('/readyz')).status).toBe(503), soon);
      await disk.free();
      const { counts, calls } = await other.ended(id);
      expect(counts).toMatchObject({ completed: 3, failed: 0 });
      expect(calls.made).toBe(3);
    } finally {
      // Lazily, before its processes end and the folder is removed.
      disk.unmount();
      await other.close();
    }
  });
});

interface SmallDisk {
  fill(): Promise<void>;
  free(): Promise<void>;
  unmount(): void;
}

/** A disk of 8 MB at `folder`; where none may be mounted, a file in the place of the folder while it is full. */
async function smallDisk(folder: string): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return {
      async fill() {
        await rename(folder, `${folder}-away`);
        await writeFile(folder, '');
      },
      async free() {
        await rm(folder);
        await rename(`${folder}-away`, folder);
      },
      unmount() {},
    };
  }
  const filler = join(folder, 'filler');
  return {
    fill: () => writeFile(filler, Buffer.alloc(16 * 1024 * 1024)).catch(() => {}),
    free: () => rm(filler),
    unmount: () => execFileSync('umount', ['-l', folder]),
  };
}
