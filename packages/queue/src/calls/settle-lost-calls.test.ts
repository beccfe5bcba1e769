import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import { readBill } from '../testing/billed-calls.ts';
import { type KillableWorker, startKillableWorker } from '../testing/killable-worker.ts';
import { PRICE, type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';

const SKUS = ['a', 'b', 'c', 'd'];
const FOREVER_MS = 3_600_000;

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

async function startWorker(latencyMs: number): Promise<KillableWorker> {
  const worker = await startKillableWorker({ redisUrl: studio.redis.url, latencyMs });
  workers.push(worker);
  return worker;
}

/** A batch all of whose calls were on the wire when their worker was killed. */
async function killWithCallsOnTheWire(options = {}): Promise<string> {
  const doomed = await startWorker(FOREVER_MS);
  const { id } = await studio.submit(SKUS, options);
  await eventually(async () => expect((await readBill(redis)).total).toBe(SKUS.length), {
    timeoutMs: 20_000,
  });
  await doomed.kill();
  return id;
}

const books = async (id: string) => {
  const batch = await studio.api.batch(id);
  const { costUsd: fleetUsd, calls } = await studio.api.fleetTotals();
  return {
    costUsd: batch?.costUsd,
    calls: batch?.calls,
    fleetUsd,
    lost: calls.find(({ outcome }) => outcome === 'lost')?.count ?? 0,
  };
};

describe('calls that were lost with their worker', () => {
  test.each(['pause', 'cancel'] as const)(
    'are booked although a %s took their jobs away',
    async (control) => {
      const id = await killWithCallsOnTheWire();
      await studio.api[control](id);
      await startWorker(10);
      await eventually(
        async () =>
          expect(await books(id)).toEqual({
            costUsd: expect.closeTo(4 * PRICE),
            fleetUsd: expect.closeTo(4 * PRICE),
            calls: { made: 4, failed: 4, reused: 0 },
            lost: 4,
          }),
        { timeoutMs: 20_000 },
      );
    },
    60_000,
  );

  test('are booked in the books of the fleet when their batch is gone', async () => {
    const id = await killWithCallsOnTheWire();
    await studio.api.cancel(id);
    await studio.api.delete(id);
    await startWorker(10);
    await eventually(
      async () => expect(await books(id)).toMatchObject({ fleetUsd: expect.closeTo(4 * PRICE), lost: 4 }),
      { timeoutMs: 20_000 },
    );
    expect(await redis.exists('test:unsettled', `test:batch:${id}:calls`, `test:batch:${id}`)).toBe(0);
  }, 60_000);

  test('keep a batch within its budget', async () => {
    const id = await killWithCallsOnTheWire({ budgetUsd: 4.5 * PRICE });
    await studio.api.pause(id);
    await startWorker(10);
    await eventually(async () => expect((await books(id)).costUsd).toBeCloseTo(4 * PRICE), {
      timeoutMs: 20_000,
    });
    await studio.api.resume(id);
    await eventually(
      async () => expect(await studio.api.batch(id)).toMatchObject({ status: 'paused', pausedFor: 'budget' }),
      { timeoutMs: 20_000 },
    );
    expect((await readBill(redis)).total).toBe(4);
  }, 60_000);

  test('are booked once when their jobs start again', async () => {
    const id = await killWithCallsOnTheWire();
    await startWorker(10);
    await eventually(async () => expect((await studio.api.batch(id))?.counts.completed).toBe(4), {
      timeoutMs: 30_000,
    });
    await eventually(async () =>
      expect(await books(id)).toEqual({
        costUsd: expect.closeTo(8 * PRICE),
        fleetUsd: expect.closeTo(8 * PRICE),
        calls: { made: 8, failed: 4, reused: 0 },
        lost: 4,
      }),
    );
    expect((await readBill(redis)).total).toBe(8);
  }, 60_000);
});
