import { eventually } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import { keysOf } from '../redis/keys.ts';
import { aRecord, type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';
import { createManifestDuty, type ManifestDuty } from './manifest-duty.ts';

const LEASE_MS = 300;
let studio: QueueFixture;
let redis: Redis;
let duty: ManifestDuty;

beforeAll(async () => {
  studio = await startQueueFixture();
  redis = connectPatient(studio.redis.url);
  duty = createManifestDuty({ redis, keys: keysOf('test') }, LEASE_MS);
});
afterAll(async () => {
  await disconnect(redis);
  await studio.close();
});

/** A batch that has ended: cancelled before anybody began. */
async function ended(skus: string[]): Promise<string> {
  const { id } = await studio.submit(skus);
  await studio.api.cancel(id);
  return id;
}

describe('manifests that are due', () => {
  test('none is while no batch has ended', async () => {
    const { id } = await studio.submit(['A']);
    expect(await duty.next()).toBeNull();
    await studio.api.cancel(id);
    await (await duty.next())?.done();
  });

  test('an ended batch is taken by one process at a time, with all its SKUs in order', async () => {
    const skus = Array.from({ length: 230 }, (_, n) => `S${n}`);
    const id = await ended(skus);
    const due = await duty.next();
    expect(due?.batch).toMatchObject({ id, status: 'cancelled' });
    expect(await duty.next()).toBeNull();
    for (const _ of [1, 2]) {
      const read: string[] = [];
      for await (const { input } of due?.skus() ?? []) read.push(input.sku);
      expect(read).toEqual(skus);
    }
    await due?.done();
    expect(await redis.zcard('test:manifests')).toBe(0);
  });

  test('one whose writer died is taken again when its lease is over, and no sooner', async () => {
    const id = await ended(['A']);
    const mortal = connectPatient(studio.redis.url);
    const takenAt = Date.now();
    expect(
      (await createManifestDuty({ redis: mortal, keys: keysOf('test') }, LEASE_MS).next())?.batch.id,
    ).toBe(id);
    await disconnect(mortal);
    const again = await eventually(async () => {
      const due = await duty.next();
      expect(due?.batch.id).toBe(id);
      return due;
    });
    expect(Date.now() - takenAt).toBeGreaterThanOrEqual(LEASE_MS);
    await again?.done();
  });

  test('one that takes long to write stays with its living writer', async () => {
    const id = await ended(['A']);
    const due = await duty.next();
    const until = async () => Number(await redis.zscore('test:manifests', id));
    const first = await until();
    await eventually(async () => expect(await until()).toBeGreaterThan(first + 2 * LEASE_MS));
    expect(await duty.next()).toBeNull();
    await due?.giveBack();
    const again = await duty.next();
    expect(again?.batch.id).toBe(id);
    await again?.done();
  });

  test('one whose batch changed while it was written is written again', async () => {
    const id = await ended(['A']);
    const due = await duty.next();
    await redis.hincrby(`test:batch:${id}`, 'seq', 1);
    await due?.done();
    expect(await redis.zcard('test:manifests')).toBe(1);
    await eventually(async () => {
      const again = await duty.next();
      expect(again?.batch.id).toBe(id);
      await again?.done();
    });
  });

  test('one of a batch that was deleted is forgotten', async () => {
    const id = await ended(['A']);
    await redis.zadd('test:manifests', 1, 'b-gone');
    await studio.api.delete(id);
    expect(await duty.next()).toBeNull();
    expect(await redis.zcard('test:manifests')).toBe(0);
  });

  test('one that took long to write is left alone for longer', async () => {
    const failure = { code: 'INTERNAL', message: 'm', stage: 'download', retryable: true } as const;
    await studio.startWorker({
      async sku(job) {
        if (!(await job.begin())) return { next: 'drop' };
        await job.finish('failed', { ...aRecord(), failure });
        return { next: 'fail', failure };
      },
    });
    const { id } = await studio.submit(['A']);
    const due = await eventually(async () => {
      const found = await duty.next();
      expect(found?.batch.id).toBe(id);
      return found;
    });
    const since = Date.now();
    await eventually(() => expect(Date.now() - since).toBeGreaterThan(800));
    await due?.done();
    await studio.api.retry(id, {});
    await eventually(async () => expect((await studio.api.batch(id))?.finishedAt).not.toBeNull());
    expect(Number(await redis.zscore('test:manifests', id)) - since).toBeGreaterThan(3500);
  });
});
