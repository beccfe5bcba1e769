import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Worker } from 'bullmq';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import { keysOf } from '../redis/keys.ts';
import { aCall, keyFor, type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';
import { MAX_CRASHES } from './crashed-jobs.ts';
import { aiJobId, skuJobId } from './job-ids.ts';

const keys = keysOf('test');
let studio: QueueFixture;
let redis: Redis;

beforeEach(async () => {
  studio = await startQueueFixture({ jobLockMs: 600 });
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

/** A worker takes the next job of a queue and dies: its lock runs out. The job has crashed `before` times already. */
async function die(kind: 'sku' | 'ai', before: number): Promise<string> {
  const worker = new Worker(kind, null, {
    connection: redis,
    prefix: 'test',
    autorun: false,
    lockDuration: 300,
    skipStalledCheck: true,
  });
  const job = await eventually(async () => {
    const next = await worker.getNextJob('dead', { block: false });
    if (!next) throw new Error('no job yet');
    return next;
  });
  await redis.hset(keys.queue(kind, job.id ?? ''), 'stc', before);
  await worker.close(true);
  return job.id ?? '';
}

const ended = (id: string) =>
  eventually(
    async () => {
      const batch = await studio.api.batch(id);
      if (!batch?.finishedAt) throw new Error(JSON.stringify(batch?.counts));
      return batch;
    },
    { timeoutMs: 20_000 },
  );

describe('a SKU whose workers died', () => {
  test('once goes on at once', async () => {
    const { id } = await studio.submit(['a']);
    await die('sku', 0);
    await studio.startWorker({});
    expect((await ended(id)).counts.completed).toBe(1);
    const job = await queueOf('sku').getJob(skuJobId(id, 0, 1));
    // The one that died, the next one, and the one after its call.
    expect(job).toMatchObject({ stalledCounter: 1, attemptsStarted: 3 });
    expect(job?.progress).not.toHaveProperty('crashes');
  });

  test('twice waits for a moment, once for each crash, and is finished', async () => {
    const { id } = await studio.submit(['a']);
    await die('sku', 1);
    await studio.startWorker({});
    expect((await ended(id)).counts.completed).toBe(1);
    const job = await queueOf('sku').getJob(skuJobId(id, 0, 1));
    expect(job).toMatchObject({ stalledCounter: 2, attemptsStarted: 4 });
    expect(job?.progress).toEqual({ crashes: 2, stage: 'generate' });
  });

  test(`more than ${MAX_CRASHES} times has failed and says why`, async () => {
    const { id } = await studio.submit(['a']);
    await die('sku', MAX_CRASHES);
    await studio.startWorker({});
    expect((await ended(id)).counts).toMatchObject({ completed: 0, failed: 1 });
    expect((await studio.api.sku(id, 'a'))?.record.failure).toMatchObject({
      code: 'INTERNAL',
      message: `${MAX_CRASHES + 1} workers in a row died, or lost touch with Redis, while they worked on it`,
    });
  });
});

test('an AI call whose workers died too often fails, its claim is free, and its SKU says why', async () => {
  // The SKU asks for its call before the worker dies under the call.
  const first = await studio.startWorker({ call: async () => ({ next: 'requeue', ms: 1 }) });
  const { id } = await studio.submit(['a']);
  const callId = aiJobId(skuJobId(id, 0, 1), keyFor('a'));
  await eventually(async () => expect(await queueOf('ai').getJobState(callId)).not.toBe('unknown'));
  await first.close(2000);
  expect(await die('ai', MAX_CRASHES)).toBe(callId);
  await studio.startWorker({});
  expect((await ended(id)).counts.failed).toBe(1);
  expect((await studio.api.sku(id, 'a'))?.record.failure?.message).toContain('workers in a row died');
  await eventually(async () => expect(await redis.exists(keys.claim(aCall(keyFor('a')).callKey))).toBe(0));
});
