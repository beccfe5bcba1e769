import { startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Job } from 'bullmq';
import { connectPatient, disconnect, type Redis } from './connect.ts';
import { type Keys, keysOf } from './keys.ts';
import { watchStart } from './watch-start.ts';

let server: TestRedis;
let redis: Redis;
let keys: Keys;
let starts = 0;

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  redis = connectPatient(server.url);
  await redis.flushall();
  keys = keysOf('test');
  await redis.hset(keys.batch('b1'), 'id', 'b1');
});
afterEach(() => disconnect(redis));

const atStage = (index: number, stage: string) =>
  redis.hset(`${keys.batch('b1')}:records`, String(index), JSON.stringify({ stage, timeline: [] }));

function begin<T>(index: number, run: (deaths: number) => Promise<T>): Promise<T | 'waits'> {
  starts += 1;
  const job = {
    id: `b1_${index}_1`,
    attemptsStarted: starts,
    data: { batchId: 'b1', index },
  } as unknown as Job<{ batchId: string; index: number }>;
  const waits = new Error('waits');
  const options = { hasStages: true, wait: () => Promise.reject(waits) };
  return watchStart({ redis, keys }, job, options, run).catch((error: unknown) => {
    if (error === waits) return 'waits';
    throw error;
  });
}

/** A start whose process dies in the middle: it never ends. Resolves once it runs. */
function die(index: number): Promise<number | 'waits'> {
  return new Promise((resolve) => {
    void begin(index, (deaths) => {
      resolve(deaths);
      return new Promise<never>(() => {});
    }).then((answer) => answer === 'waits' && resolve(answer));
  });
}

const survive = (index: number) => begin(index, async (deaths) => deaths);

test('a start that ended in order leaves nothing behind, however it ended', async () => {
  expect(await survive(0)).toBe(0);
  const failing = begin(0, () => Promise.reject(new Error('a fault')));
  await expect(failing).rejects.toThrow('a fault');
  expect(await survive(0)).toBe(0);
  expect(await redis.exists(`${keys.batch('b1')}:starts`)).toBe(0);
});

test('deaths in a row in the same stage are counted, and a start that ends forgives them', async () => {
  await atStage(0, 'finish');
  expect([await die(0), await die(0), await die(0)]).toEqual([0, 1, 2]);
  expect(await survive(0)).toBe(3);
  expect(await survive(0)).toBe(0);
});

test('a start that was taken for dead and ends in order all the same was no death; the one that runs now may be', async () => {
  let thaw = () => {};
  // Its worker, or Redis, was frozen for longer than the lock, and another start was made meanwhile.
  const frozen = begin(
    0,
    () =>
      new Promise<void>((resolve) => {
        thaw = resolve;
      }),
  );
  expect(await die(0)).toBe(1);
  thaw();
  await frozen;
  expect(await die(0)).toBe(1);
  expect(await survive(0)).toBe(2);
});

test('a death in another stage is the first one there: the stage before was survived', async () => {
  await die(0);
  await atStage(0, 'download');
  expect(await die(0)).toBe(1);
  expect(await die(0)).toBe(2);
  await atStage(0, 'prepare');
  expect(await survive(0)).toBe(1);
});

test('of those that died twice only one runs at a time, and waiting is not held against them', async () => {
  for (const _death of [1, 2]) await Promise.all([0, 1, 2].map((index) => die(index)));
  const answers = await Promise.all([0, 1, 2].map((index) => die(index)));
  expect(answers).toEqual([2, 'waits', 'waits']);
  expect(await survive(1)).toBe('waits');
  // The one that ran is taken up first, and its end lets the next one go.
  expect(await survive(0)).toBe(3);
  expect(await Promise.all([survive(1), survive(2)])).toEqual([2, 'waits']);
  expect(await survive(2)).toBe(2);
});

test('a batch that is gone keeps no book', async () => {
  await redis.del(keys.batch('b1'));
  expect(await survive(0)).toBe(0);
  expect(await redis.keys('*')).toEqual([]);
});
