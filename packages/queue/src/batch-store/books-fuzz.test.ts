import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@image-studio/testkit';
import { expect, test } from '@jest/globals';
import { BatchBusy } from '../commands/batch-busy.ts';
import { AI_QUEUE, openQueue, SKU_QUEUE } from '../jobs/queues.ts';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import { readBill } from '../testing/billed-calls.ts';
import { type KillableWorker, startKillableWorker } from '../testing/killable-worker.ts';
import { PRICE, type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';
import { randomFrom, seeds } from '../testing/random-from.ts';

const WORKERS = 2;
const LOCK_MS = 900;
const STEPS = 30;
/** Two batches at a time share half of their pictures. */
const SKUS = 16;

/** What one seed is played on. */
interface Arena {
  studio: QueueFixture;
  redis: Redis;
  workers: KillableWorker[];
  kills: number;
  deleted: number;
}

async function openArena(): Promise<Arena & { close(): Promise<void> }> {
  const studio = await startQueueFixture({ jobLockMs: LOCK_MS });
  const redis = connectPatient(studio.redis.url);
  const workers: KillableWorker[] = [];
  return {
    studio,
    redis,
    workers,
    kills: 0,
    deleted: 0,
    async close() {
      await Promise.all(workers.map((worker) => worker.kill()));
      await disconnect(redis);
      await studio.close();
    },
  };
}

// Each waits for locks that run out most of its time, so they wait together.
test.concurrent.each(seeds(3, process.env))(
  'what batches cost, what the fleet has spent and what the provider has billed agree after any controls and kills (seed %d)',
  async (seed) => {
    const arena = await openArena();
    try {
      await holdToTheBooks(arena, seed);
    } finally {
      await arena.close();
    }
  },
  240_000,
);

async function holdToTheBooks(arena: Arena, seed: number): Promise<void> {
  const { studio, redis } = arena;
  const batches = await play(arena, seed);
  await endAll(arena, batches);
  await eventually(async () => expect(await redis.hgetall('test:unsettled')).toEqual({}), END);

  const { total: billed } = await readBill(redis);
  const totals = await studio.api.fleetTotals();
  const requests = totals.calls.filter(({ outcome }) => outcome !== 'reused');
  const settled = requests.reduce((sum, { count }) => sum + count, 0);
  // A worker may die between counting a request and sending it.
  expect(settled).toBeGreaterThanOrEqual(billed);
  expect(settled).toBeLessThanOrEqual(billed + arena.kills);
  expect(totals.costUsd).toBeCloseTo(settled * PRICE, 6);
  let sum = 0;
  let made = 0;
  for (const id of batches) {
    const batch = await studio.api.batch(id);
    sum += batch?.costUsd ?? 0;
    made += batch?.calls.made ?? 0;
    expect(batch?.costUsd).toBeCloseTo((batch?.calls.made ?? 0) * PRICE, 6);
    expect(await redis.zcard(`test:batch:${id}:reserved`)).toBe(0);
  }
  if (arena.deleted === 0) expect([made, sum]).toEqual([settled, expect.closeTo(totals.costUsd, 6)]);
  else expect(sum).toBeLessThanOrEqual(totals.costUsd + 1e-6);
  const spent = Object.values(await redis.hgetall('test:spend')).map(Number);
  expect(spent.reduce((all, one) => all + one, 0) / 1e6).toBeCloseTo(totals.costUsd, 6);
  const quota = await studio.api.quota();
  expect(quota.costTodayUsd).toBeCloseTo(totals.costUsd, 6);
  expect(quota.callsToday).toBe(settled);
}

const END = { timeoutMs: 60_000 };

const startWorker = async ({ studio, workers }: Arena) => {
  workers.push(await startKillableWorker({ redisUrl: studio.redis.url, latencyMs: 400, jobLockMs: LOCK_MS }));
};

/** Controls and accidents, one after the other, with a little time for something to happen between them. */
async function play(arena: Arena, seed: number): Promise<string[]> {
  const { studio, redis, workers } = arena;
  const random = randomFrom(seed);
  await Promise.all(Array.from({ length: WORKERS }, () => startWorker(arena)));
  const batches: string[] = [];
  let names = 0;
  const submit = async () => {
    const skus = Array.from({ length: SKUS }, (_, n) => `s${names + n}`);
    names += SKUS / 2;
    batches.push((await studio.submit(skus, random.pick([{}, { concurrency: 3 }, { budgetUsd: 0.5 }]))).id);
  };
  await submit();
  await submit();
  const { api } = studio;
  const steps = {
    pause: (id: string) => api.pause(id),
    resume: (id: string) => api.resume(id),
    retry: (id: string) => api.retry(id, {}),
    budget: (id: string) => api.setBudget(id, random.pick([null, PRICE * 3, 100])),
    cancel: (id: string) => api.cancel(id),
    submit,
    async delete(id: string) {
      try {
        await api.delete(id);
      } catch (error) {
        if (error instanceof BatchBusy) return;
        throw error;
      }
      batches.splice(batches.indexOf(id), 1);
      arena.deleted += 1;
      await submit();
    },
    async kill() {
      const victim = workers.shift();
      await Promise.all([victim?.kill(), startWorker(arena)]);
      arena.kills += 1;
    },
    async freeze() {
      const { pid } = random.pick(workers);
      process.kill(pid, 'SIGSTOP');
      await sleep(2 * LOCK_MS);
      process.kill(pid, 'SIGCONT');
    },
    async remove() {
      const queue = openQueue(random.pick([SKU_QUEUE, AI_QUEUE]), redis, 'test');
      const ids = await queue.getRanges(['prioritized', 'delayed', 'waiting-children'], 0, -1);
      // One that somebody works on refuses.
      if (ids.length > 0) await queue.remove(random.pick(ids)).catch(() => {});
      await queue.close();
    },
  };
  const often = [
    ...(['pause', 'resume', 'resume', 'retry', 'budget', 'cancel', 'submit', 'delete'] as const),
    ...(['kill', 'kill', 'freeze', 'remove', 'remove'] as const),
  ];
  for (let n = 0; n < STEPS; n += 1) {
    await steps[random.pick(often)](random.pick(batches));
    await sleep(random.next() * 150);
  }
  return batches;
}

/** Lets every batch go on that waits for somebody, until all have ended. */
async function endAll({ studio }: Arena, batches: string[]): Promise<void> {
  await eventually(async () => {
    const open = [];
    for (const id of batches) {
      const batch = await studio.api.batch(id);
      if (batch?.finishedAt) continue;
      open.push(batch);
      if (batch?.pausedFor === 'budget') await studio.api.setBudget(id, null);
      else if (batch?.pausedFor) await studio.api.resume(id);
    }
    expect(open).toEqual([]);
  }, END);
}
