import { once } from 'node:events';
import { request } from 'node:http';
import type { BatchView } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { followBatch } from './follow-batch.ts';
import { addsUp, openWorld, type World } from './world.ts';

const COUNT = 10_000;
const soon = { timeoutMs: 60_000, intervalMs: 20 };
let world: World;
let redis: Redis;
let skus: object[];

beforeAll(async () => {
  world = await openWorld({ workers: 0 });
  redis = new Redis(world.studio.redis.url);
  const [{ images } = { images: [] }] = await world.skus(1);
  skus = Array.from({ length: COUNT }, (_, n) => ({ sku: `N${n}`, images }));
});
afterAll(async () => {
  redis.disconnect();
  await world.close();
});

async function killApi(): Promise<void> {
  await world.studio.api.stop('SIGKILL');
}

async function restartApi(): Promise<void> {
  world.studio.api = await world.studio.startApi();
}

async function batches(): Promise<BatchView[]> {
  return ((await (await world.studio.get('/api/v1/batches')).json()) as { items: BatchView[] }).items;
}

/** Ids of the batches of which Redis holds anything. */
async function traces(): Promise<string[]> {
  const keys = await redis.keys('studio:batch:*');
  return [...new Set(keys.map((key) => key.split(':')[2] ?? ''))];
}

async function codes(id: string): Promise<Set<string>> {
  const all = new Set<string>();
  let cursor: string | null = null;
  do {
    const page = (await (
      await world.studio.get(
        `/api/v1/batches/${id}/skus?limit=200&view=brief${cursor ? `&cursor=${cursor}` : ''}`,
      )
    ).json()) as { items: { sku: string }[]; nextCursor: string | null };
    for (const { sku } of page.items) all.add(sku);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}

describe('an API killed', () => {
  test('while it receives a submission leaves nothing of it', async () => {
    const body = JSON.stringify({ skus });
    const { port } = new URL(world.studio.url);
    const sending = request({
      port,
      method: 'POST',
      path: '/api/v1/batches',
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    });
    const end = once(sending, 'response').then(
      () => 'answered',
      () => 'broken off',
    );
    await new Promise((sent) => sending.write(body.slice(0, body.length / 2), sent));
    await killApi();
    expect(await end).toBe('broken off');
    await restartApi();
    expect(await batches()).toEqual([]);
    expect(await traces()).toEqual([]);
  });

  test('while it records a submission has recorded all of it or nothing; the repeat makes it once', async () => {
    const submit = () => world.studio.post('/api/v1/batches', { skus }, { 'idempotency-key': 'recording' });
    const first = submit().catch(() => undefined);
    await eventually(async () => expect(await traces()).toHaveLength(1), {
      timeoutMs: 20_000,
      intervalMs: 0,
    });
    await killApi();
    const answered = await first;
    await restartApi();
    const before = await batches();
    expect(before.map(({ counts }) => counts.total)).toEqual(before.length === 0 ? [] : [COUNT]);
    const again = await submit();
    expect(again.status).toBe(202);
    const { id } = (await again.json()) as BatchView;
    for (const known of before) expect(known.id).toBe(id);
    if (answered?.ok) expect(before).toHaveLength(1);
    expect(await batches()).toMatchObject([{ id, counts: { total: COUNT, waiting: COUNT } }]);
    expect((await codes(id)).size).toBe(COUNT);
    // What was written of a record that was never finished is forgotten.
    await eventually(async () => expect(await traces()).toEqual([id]), { timeoutMs: 15_000 });
    await world.cancelAll();
  });

  test('right after its 202, and again while SKUs are put in line, loses none of 10,000', async () => {
    const { id } = await world.submit(skus);
    await killApi();
    await restartApi();
    const waiting = await world.batch(id);
    expect(waiting.counts).toMatchObject({ total: COUNT, waiting: COUNT });
    await world.startWorkers(1);
    const inLine = async () => {
      const states = (await redis.get(`studio:batch:${id}:states`)) ?? '';
      return [...states].filter((state) => state !== 'q').length;
    };
    await eventually(async () => expect(await inLine()).toBeGreaterThan(50), { ...soon, intervalMs: 1 });
    await killApi();
    await restartApi();
    const { counts } = await world.batch(id);
    const done = counts.completed;
    await eventually(async () => {
      const batch = await world.batch(id);
      if (!addsUp(batch)) throw new Error(JSON.stringify(batch.counts));
      expect(batch.counts.completed).toBeGreaterThan(done + 5);
    }, soon);
    expect((await world.studio.post(`/api/v1/batches/${id}/cancel`)).status).toBe(200);
    const last = await world.ended(id);
    expect(last.counts.completed + last.counts.cancelled + last.counts.needsReview).toBe(COUNT);
    expect((await codes(id)).size).toBe(COUNT);
    await world.killWorkers();
  });

  test('while clients watch is found again by them, and they end up knowing what REST says', async () => {
    await world.startWorkers(2);
    const { id } = await world.submit(await world.skus(12, 100));
    const clients = [followBatch(world.studio.url, id), followBatch(world.studio.url, id)];
    try {
      for (const kills of [1, 2]) {
        const done = kills * 2;
        await eventually(async () => expect(clients[0]?.counts()?.completed).toBeGreaterThan(done), soon);
        await killApi();
        await restartApi();
      }
      const { counts } = await world.ended(id);
      expect(counts).toMatchObject({ total: 12, completed: 12 });
      for (const client of clients) await client.endsLike(await world.listing(id));
    } finally {
      for (const client of clients) client.close();
    }
  });
});
