import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BatchState } from './batch-store/batch-state.ts';
import { skuJobId } from './jobs/job-ids.ts';
import { connectPatient, disconnect, type Redis } from './redis/connect.ts';
import { keysOf } from './redis/keys.ts';
import { aCall, keyFor, type QueueFixture, startQueueFixture } from './testing/queue-fixture.ts';

const keys = keysOf('test');
let studio: QueueFixture;
let redis: Redis;

beforeEach(async () => {
  studio = await startQueueFixture();
  redis = connectPatient(studio.redis.url);
});
afterEach(async () => {
  await disconnect(redis);
  await studio.close();
});

const queueOf = (kind: 'sku' | 'ai') => {
  const queue = studio.api.boardQueues().find(({ name }) => name === kind);
  if (!queue) throw new Error(`no queue ${kind}`);
  return queue;
};

/** The SKU's job once it has been taken up and given back `times` times. */
const handedBack = (jobId: string, times = 1) =>
  eventually(async () => {
    const job = await queueOf('sku').getJob(jobId);
    expect(job?.attemptsStarted).toBeGreaterThanOrEqual(times);
    expect(await job?.getState()).toBe('delayed');
    return job;
  });

/** Ends the wait of a job that was given back. */
const wake = (jobId: string) => eventually(async () => (await queueOf('sku').getJob(jobId))?.promote());

async function ended(id: string): Promise<BatchState> {
  return eventually(
    async () => {
      const batch = await studio.api.batch(id);
      if (!batch?.finishedAt) throw new Error(`not ended: ${JSON.stringify(batch?.counts)}`);
      return batch;
    },
    { timeoutMs: 15_000 },
  );
}

describe('a worker beside newer ones', () => {
  test('hands a job of theirs back ever more seldom, and it costs nothing', async () => {
    await redis.hset(keys.batch('b1'), 'id', 'b1');
    const payload = { ...aCall(keyFor('x')), v: 2, batchId: 'b1', index: 0, run: 1, angle: 'left' };
    const jobs = [await queueOf('sku').add('new', payload), await queueOf('ai').add('new', payload)];
    await studio.startWorker({});
    for (const [at, kind] of (['sku', 'ai'] as const).entries()) {
      const waits: number[] = [];
      for (const start of [1, 2, 3]) {
        await eventually(async () => {
          const id = jobs[at]?.id ?? '';
          expect(await queueOf(kind).getJobState(id)).toBe('delayed');
          const job = await queueOf(kind).getJob(id);
          expect(job?.attemptsStarted).toBe(start);
          expect(job).toMatchObject({ attemptsMade: 0, data: payload });
          waits.push(job?.delay ?? 0);
          await job?.promote();
        });
      }
      expect(waits.map((ms) => Math.round(ms / 100) / 10)).toEqual([1, 2, 4]);
    }
    expect(await redis.exists(keys.pace)).toBe(0);
    expect(await redis.exists(`${keys.batch('b1')}:starts`)).toBe(0);
  });

  test('goes on with other batches meanwhile', async () => {
    const payload = { v: 2, batchId: 'b1', index: 0, run: 1 };
    await queueOf('sku').addBulk(
      Array.from({ length: 50 }, () => ({ name: 'new', data: payload, opts: { priority: 1 } })),
    );
    await studio.startWorker({});
    expect((await ended((await studio.submit(['a', 'b'])).id)).counts.completed).toBe(2);
  });

  test.each([
    ['a new option of the batch', (id: string) => [keys.batch(id), 'options'], { watermark: true }],
    ['a new field of the SKU', (id: string) => [`${keys.batch(id)}:input`, '0'], { gtin: '1' }],
    ['a new field of its record', (id: string) => [`${keys.batch(id)}:records`, '0'], { lease: 'x' }],
  ])('leaves a SKU with %s waiting until somebody understands it', async (_what, where, change) => {
    const { id } = await studio.submit(['a', 'b']);
    const [key = '', field = ''] = where(id);
    const old = await redis.hget(key, field);
    const known = JSON.parse(old ?? '{"stage":null,"attempts":0,"timeline":[],"images":[]}');
    await redis.hset(key, field, JSON.stringify({ ...known, ...change }));
    await studio.startWorker({});
    const jobId = skuJobId(id, 0, 1);
    await handedBack(jobId);
    expect((await studio.api.sku(id, 'a'))?.state).toBe('waiting');
    const batch = await studio.api.batch(id);
    expect(batch?.counts.failed).toBe(0);
    expect(batch?.calls.made).toBeLessThanOrEqual(1);
    expect(JSON.parse((await redis.hget(key, field)) ?? '')).toMatchObject(change);

    await redis.hset(key, field, JSON.stringify(known));
    await wake(jobId);
    if (key === keys.batch(id)) {
      await handedBack(skuJobId(id, 1, 1));
      await wake(skuJobId(id, 1, 1));
    }
    expect((await ended(id)).counts).toMatchObject({ completed: 2, failed: 0 });
  });
});
