import { readdirSync, readFileSync } from 'node:fs';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BatchState } from './batch-store/batch-state.ts';
import { connectPatient, disconnect } from './redis/connect.ts';
import { type QueueFixture, startQueueFixture } from './testing/queue-fixture.ts';

/** Written by scripts/make-redis-snapshot.mjs: a folder keeps one of each version from which a deployment may roll. */
const FOLDER = new URL('./testing/snapshots/', import.meta.url);
const END = { timeoutMs: 30_000 };

let redis: TestRedis;
let studio: QueueFixture;

beforeEach(async () => {
  redis = await startTestRedis();
});
afterEach(async () => {
  await studio.close();
  await redis.stop();
});

async function restore(file: string, which: 'idle' | 'working'): Promise<void> {
  const keys: [string, number, string][] = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))[which];
  const connection = connectPatient(redis.url);
  for (const [name, ttl, bytes] of keys)
    await connection.restore(name, Math.max(0, ttl), Buffer.from(bytes, 'base64'));
  await disconnect(connection);
  studio = await startQueueFixture({ redis });
}

async function named(name: string): Promise<BatchState> {
  const { items } = await studio.api.batches({ tenant: 'default', limit: 10 });
  const found = items.find((batch) => batch.options.name === name);
  if (!found) throw new Error(`no batch ${name}`);
  return found;
}

const expectCounts = (name: string, counts: Partial<BatchState['counts']>) =>
  eventually(async () => expect((await named(name)).counts).toMatchObject(counts), END);

describe.each(readdirSync(FOLDER))('keys that an earlier version left in Redis, %s', (file) => {
  test('a batch that waits is made, and a paused one once it is resumed', async () => {
    await restore(file, 'idle');
    await studio.startWorker({});
    await expectCounts('waiting', { completed: 3, failed: 0 });
    const paused = await named('paused');
    expect(paused).toMatchObject({ status: 'paused', counts: { completed: 0 } });
    await studio.api.resume(paused.id);
    await expectCounts('paused', { completed: 2, failed: 0 });
  });

  test('a half-made batch is made to its end, and a completed one is known', async () => {
    await restore(file, 'working');
    expect(await named('completed')).toMatchObject({
      finishedAt: expect.any(String),
      counts: { completed: 2, failed: 0 },
      calls: { made: 2 },
    });
    await studio.startWorker({});
    await expectCounts('half-made', { completed: 4, failed: 0 });
    // Two were on the wire when their worker was lost: they are booked, since they may have cost, and made again.
    expect((await named('half-made')).calls).toMatchObject({ made: 6 });
  });
});
