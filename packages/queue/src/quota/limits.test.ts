import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AI_QUEUE, openQueue } from '../jobs/queues.ts';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import type { StudioWorker } from '../studio-worker.ts';
import {
  type KillableWorker,
  type KillableWorkerOptions,
  startKillableWorker,
} from '../testing/killable-worker.ts';
import { callHandler, PRICE, type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';

const MINUTES = 60_000;

let studio: QueueFixture;
let redis: Redis;
let workers: KillableWorker[];

beforeEach(async () => {
  studio = await startQueueFixture({ jobLockMs: 900 });
  redis = connectPatient(studio.redis.url);
  workers = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await disconnect(redis);
  await studio.close();
});

async function startWorker(options: Omit<KillableWorkerOptions, 'redisUrl'> = {}): Promise<void> {
  workers.push(await startKillableWorker({ redisUrl: studio.redis.url, latencyMs: 20, ...options }));
}
const skus = (count: number) => Array.from({ length: count }, (_, n) => `s${n}`);
const soon = { timeoutMs: 30_000 };

test('a request that leaves late, because its process is busy, counts from when it leaves', async () => {
  let leftAt = 0;
  const worker: StudioWorker = await studio.startWorker({
    call: (job) =>
      callHandler(worker, () => {
        const busyUntil = performance.now() + 150;
        while (performance.now() < busyUntil);
        leftAt = Date.now();
      })(job),
  });
  await studio.submit(['a']);
  await eventually(async () => {
    const [, countedAt] = await redis.zrange('test:calls', '0', '-1', 'WITHSCORES');
    expect(leftAt).toBeGreaterThan(0);
    expect(Number(countedAt)).toBeGreaterThanOrEqual(leftAt - 1);
  }, soon);
});

describe('a budget', () => {
  test.each([4e-7, 1e-300])(
    'of %d dollars is not none',
    async (budgetUsd) => {
      await startWorker();
      const { id } = await studio.submit(['a'], { budgetUsd });
      const other = await studio.submit(['b']);
      await studio.api.pause(other.id);
      await studio.api.setBudget(other.id, budgetUsd);
      await studio.api.resume(other.id);
      await eventually(async () => {
        for (const one of [id, other.id]) {
          expect(await studio.api.batch(one)).toMatchObject({
            status: 'paused',
            pausedFor: 'budget',
            calls: { made: 0 },
          });
        }
      }, soon);
    },
    60_000,
  );
});

describe('a spend limit', () => {
  test('that is less than one call lets none through and says so, until it is raised', async () => {
    await startWorker({ quota: { spendPer10MinUsd: PRICE / 2 } });
    const { id } = await studio.submit(skus(3));
    await eventually(async () => {
      const [message] = await studio.api.operatorMessages();
      expect(message).toMatchObject({ code: 'SPEND_LIMIT_TOO_SMALL' });
    }, soon);
    expect(await studio.api.batch(id)).toMatchObject({ calls: { made: 0 }, counts: { failed: 0 } });
    await workers[0]?.kill();
    await startWorker({ quota: { spendPer10MinUsd: 10 * PRICE } });
    const aiQueue = openQueue(AI_QUEUE, redis, 'test');
    await eventually(async () => {
      await aiQueue.promoteJobs();
      expect(await studio.api.batch(id)).toMatchObject({ calls: { made: 3 }, counts: { completed: 3 } });
    }, soon);
    await eventually(async () => expect(await studio.api.operatorMessages()).toEqual([]), soon);
    await aiQueue.close();
  }, 60_000);
});

describe('hosts whose clocks are wrong', () => {
  const DAY_HOURS = 24 * 60 * MINUTES;

  test('make no more calls in a day than allowed', async () => {
    await startWorker({ quota: { callsPerDay: 4 }, clockOffsetMs: -DAY_HOURS });
    await startWorker({ quota: { callsPerDay: 4 }, clockOffsetMs: DAY_HOURS });
    await startWorker({ quota: { callsPerDay: 4 } });
    const { id } = await studio.submit(skus(20));
    await eventually(async () => expect((await studio.api.quota()).pausedUntil).not.toBeNull(), soon);
    expect((await studio.api.batch(id))?.calls.made).toBe(4);
    expect((await studio.api.quota()).callsToday).toBe(4);
  }, 60_000);

  test.each([
    ['ahead', [10 * MINUTES]],
    ['behind', [-10 * MINUTES]],
    ['both, beside a right one', [10 * MINUTES, -10 * MINUTES, 0]],
  ])(
    'by ten minutes (%s) are all listed, end a batch and pay once',
    async (_how, offsets) => {
      for (const clockOffsetMs of offsets) await startWorker({ clockOffsetMs });
      const { id, createdAt } = await studio.submit(skus(30), { budgetUsd: 100 });
      await eventually(
        async () =>
          expect(await studio.api.batch(id)).toMatchObject({
            counts: { completed: 30 },
            calls: { made: 30, failed: 0 },
          }),
        soon,
      );
      const batch = await studio.api.batch(id);
      expect(Date.parse(batch?.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(createdAt));
      const listed = await studio.api.workers();
      expect(listed.map(({ pid }) => pid).sort()).toEqual(workers.map(({ pid }) => pid).sort());
      const now = Date.now();
      for (const { startedAt, lastSeenAt } of listed) {
        expect(Math.abs(Date.parse(startedAt) - now)).toBeLessThan(5 * MINUTES);
        expect(Math.abs(Date.parse(lastSeenAt) - now)).toBeLessThan(5 * MINUTES);
      }
    },
    60_000,
  );

  test('leave no job asleep for as long as they are wrong', async () => {
    await startWorker({ clockOffsetMs: 10 * MINUTES, retries: true });
    const { id } = await studio.submit(skus(5));
    const aiQueue = openQueue(AI_QUEUE, redis, 'test');
    await eventually(async () => expect(await aiQueue.getDelayedCount()).toBe(5), soon);
    await workers[0]?.kill();
    await startWorker();
    await eventually(
      async () => expect(await studio.api.batch(id)).toMatchObject({ counts: { completed: 5 } }),
      soon,
    );
    await aiQueue.close();
  }, 60_000);
});
