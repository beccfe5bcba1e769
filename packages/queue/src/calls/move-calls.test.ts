import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import type { SkuJob, SkuOutcome } from '../skus/sku-job.ts';
import type { StudioWorker } from '../studio-worker.ts';
import { aCall, aRecord, keyFor, type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';

const soon = { timeoutMs: 40_000 };
const FIRST = { name: 'first', quota: { callsPerMinute: 6000 } };
const NEXT = { name: 'next', quota: { callsPerMinute: 6000 } };
let studio: QueueFixture;
let redis: Redis;
beforeEach(async () => {
  studio = await startQueueFixture({ pools: [FIRST, NEXT], fallbackAfterMs: 300 });
  redis = connectPatient(studio.redis.url);
});
afterEach(async () => {
  await disconnect(redis);
  await studio.close();
});

const names = (count: number) => Array.from({ length: count }, (_, n) => `s${n}`);
const waiting = async (pool: string) => {
  const { prioritized = 0, wait = 0, delayed = 0 } = (await studio.api.queueCounts())[`ai-${pool}`] ?? {};
  return prioritized + wait + delayed;
};
const ended = (id: string) =>
  eventually(async () => expect((await studio.api.batch(id))?.finishedAt).not.toBeNull(), soon);

/** Asks the first pool of the plan, or one behind it while that makes no calls. */
function sku(worker: () => StudioWorker) {
  return async (job: SkuJob): Promise<SkuOutcome> => {
    const begun = await job.begin();
    if (!begun?.plan) return { next: 'drop' };
    const pools = [begun.plan.pool ?? '', ...(begun.plan.fallbacks ?? []).map(({ pool = '' }) => pool)];
    const calls = pools.map((pool) => ({
      ...aCall(keyFor(`${begun.input.sku} ${pool}`)),
      pool,
      fallbacks: pools.filter((other) => other !== pool),
    }));
    for (const { callKey } of calls) {
      if (!(await worker().ledger.find(callKey))) continue;
      await job.finish('completed', aRecord());
      return { next: 'done' };
    }
    await job.note(aRecord());
    for (const call of calls)
      if ((await job.troubles.of(call.pool)) === null) return { next: 'waitForCalls', calls: [call] };
    return { next: 'waitForCalls', calls: calls.slice(0, 1) };
  };
}

async function startWorker(): Promise<StudioWorker> {
  const worker: StudioWorker = await studio.startWorker({ sku: (job) => sku(() => worker)(job) });
  return worker;
}

describe('calls that wait in the queue of a pool that makes none', () => {
  test('move to the pool that makes them instead, whichever of two workers looks, and none is made twice', async () => {
    const worker = await startWorker();
    await startWorker();
    // Holds them back, which is no trouble: a provider has asked to wait for a minute.
    await worker.pool(FIRST.name).schedule.pause(60_000);
    const { id } = await studio.submit(names(40), {}, 'default', FIRST.name, NEXT.name);
    await eventually(async () => expect(await waiting(FIRST.name)).toBeGreaterThan(10), soon);
    expect((await studio.api.batch(id))?.calls.made).toBe(0);
    await worker.pool(FIRST.name).schedule.pause(60_000, 'spendLimit');
    await ended(id);
    expect(await studio.api.batch(id)).toMatchObject({
      counts: { completed: 40 },
      calls: { made: 40, failed: 0 },
    });
    expect(await studio.api.quota(NEXT.name)).toMatchObject({ callsToday: 40 });
    expect(await waiting(FIRST.name)).toBe(0);
    // Nobody holds the claim of a picture that was not made.
    expect(await redis.keys('test:claim:*')).toEqual([]);
  }, 60_000);

  test('come back when that pool makes calls again, and those that somebody wished elsewhere stay', async () => {
    const worker = await startWorker();
    await worker.pool(FIRST.name).stopCalls('MODEL_MISCONFIGURED', 'no key');
    await worker.pool(NEXT.name).schedule.pause(60_000);
    const moved = await studio.submit(names(12), {}, 'default', FIRST.name, NEXT.name);
    const theirs = await studio.submit(names(14).slice(12), {}, 'default', NEXT.name, FIRST.name);
    await eventually(async () => expect(await waiting(NEXT.name)).toBe(14), soon);
    await worker.pool(FIRST.name).resumeCalls('MODEL_MISCONFIGURED');
    await ended(moved.id);
    expect((await studio.api.quota(FIRST.name)).callsToday).toBe(12);
    expect(await waiting(NEXT.name)).toBe(2);
    await studio.api.cancel(theirs.id);
    await eventually(async () => expect(await redis.smembers('test:troubled')).toEqual([]), soon);
  }, 60_000);

  test('stay when their batch has no other model, or the other one makes none either', async () => {
    const worker = await startWorker();
    const alone = await studio.submit(names(3), {}, 'default', FIRST.name);
    for (const { name } of [FIRST, NEXT]) await worker.pool(name).stopCalls('MODEL_MISCONFIGURED', 'no key');
    const both = await studio.submit(names(4).slice(3), {}, 'default', FIRST.name, NEXT.name);
    await eventually(async () => expect(await waiting(FIRST.name)).toBeGreaterThan(0), soon);
    await worker.pool(NEXT.name).resumeCalls('MODEL_MISCONFIGURED');
    await ended(both.id);
    await worker.pool(FIRST.name).resumeCalls('MODEL_MISCONFIGURED');
    await ended(alone.id);
    expect((await studio.api.quota(NEXT.name)).callsToday).toBe(1);
  }, 60_000);

  test('stay while their request is on the wire', async () => {
    const worker = await startWorker();
    await worker.pool(FIRST.name).schedule.pause(60_000);
    const { id } = await studio.submit(names(1), {}, 'default', FIRST.name, NEXT.name);
    await eventually(async () => expect(await waiting(FIRST.name)).toBe(1), soon);
    const callKey = keyFor(`s0 ${FIRST.name}`);
    // As a worker that was killed leaves it.
    const request = { worker: 'w', until: Date.now() + 60_000, batchId: id, index: 0, callKey, estimate: 1 };
    const job = `${id}_0_1_${callKey.slice(0, 16)}`;
    await redis.zadd('test:pulses', Date.now() + 60_000, 'w');
    await redis.hset('test:unsettled', `${job}.1.1`, JSON.stringify({ ...request, pool: FIRST.name }));
    await worker.pool(FIRST.name).schedule.pause(60_000, 'dayLimit');
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(await waiting(FIRST.name)).toBe(1);
    await redis.hdel('test:unsettled', `${job}.1.1`);
    await ended(id);
  }, 60_000);
});

describe('a model that no worker has', () => {
  test('is named to the operator while a batch waits for it alone, and not when another one makes its pictures', async () => {
    await startWorker();
    const stuck = await studio.submit(names(2), {}, 'default', 'gone');
    const moves = await studio.submit(names(2), {}, 'default', 'lost', NEXT.name);
    await ended(moves.id);
    await eventually(async () => {
      const messages = await studio.api.operatorMessages();
      expect(messages).toMatchObject([{ code: 'MODEL_UNSERVED', pool: 'gone' }]);
      expect(messages[0]?.message).toContain('gone');
    }, soon);
    await studio.api.cancel(stuck.id);
    await eventually(async () => expect(await studio.api.operatorMessages()).toEqual([]), soon);
  }, 90_000);
});

test('the time left counts the SKUs of the pools that a batch may use', async () => {
  await studio.submit(names(500), {}, 'default', FIRST.name);
  const before = await studio.api.estimate(10, 10, [NEXT.name]);
  const beside = await studio.api.estimate(10, 10, [FIRST.name]);
  const either = await studio.api.estimate(10, 10, [NEXT.name, FIRST.name]);
  expect(beside?.highSeconds).toBeGreaterThan(before?.highSeconds ?? 0);
  expect(either?.highSeconds).toBe(beside?.highSeconds);
});
