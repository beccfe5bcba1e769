import { startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Job } from 'bullmq';
import { connectPatient, disconnect, type Redis } from './connect.ts';
import { type Keys, keysOf } from './keys.ts';
import { type SuspectWatch, watchStart } from './watch-start.ts';

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

const aProcess = (): SuspectWatch => ({ isBusy: false, turn: Promise.resolve() });
const atStage = (index: number, stage: string) =>
  redis.hset(`${keys.batch('b1')}:records`, String(index), JSON.stringify({ stage, timeline: [] }));

function begin<T>(
  suspects: SuspectWatch,
  index: number,
  run: (deaths: number) => Promise<T>,
): Promise<T | 'waits'> {
  starts += 1;
  const job = {
    id: `b1_${index}_1`,
    attemptsStarted: starts,
    data: { batchId: 'b1', index },
  } as unknown as Job<{ batchId: string; index: number }>;
  const waits = new Error('waits');
  const options = { hasStages: true, wait: () => Promise.reject(waits) };
  return watchStart({ redis, keys, suspects }, job, options, run).catch((error: unknown) => {
    if (error === waits) return 'waits';
    throw error;
  });
}

/** A start whose process dies in the middle: it never ends. Resolves once it runs. */
function die(suspects: SuspectWatch, index: number): Promise<number | 'waits'> {
  return new Promise((resolve) => {
    void begin(suspects, index, (deaths) => {
      resolve(deaths);
      return new Promise<never>(() => {});
    }).then((answer) => answer === 'waits' && resolve(answer));
  });
}

const survive = (suspects: SuspectWatch, index: number) => begin(suspects, index, async (deaths) => deaths);

test('a start that ended in order leaves nothing behind, however it ended', async () => {
  expect(await survive(aProcess(), 0)).toBe(0);
  const failing = begin(aProcess(), 0, () => Promise.reject(new Error('a fault')));
  await expect(failing).rejects.toThrow('a fault');
  expect(await survive(aProcess(), 0)).toBe(0);
  expect(await redis.exists(`${keys.batch('b1')}:starts`)).toBe(0);
});

test('deaths in a row in the same stage are counted, and a start that ends forgives them', async () => {
  await atStage(0, 'finish');
  expect([await die(aProcess(), 0), await die(aProcess(), 0), await die(aProcess(), 0)]).toEqual([0, 1, 2]);
  expect(await survive(aProcess(), 0)).toBe(3);
  expect(await survive(aProcess(), 0)).toBe(0);
});

test('a death in another stage is the first one there: the stage before was survived', async () => {
  await die(aProcess(), 0);
  await atStage(0, 'download');
  expect(await die(aProcess(), 0)).toBe(1);
  expect(await die(aProcess(), 0)).toBe(2);
  await atStage(0, 'prepare');
  expect(await survive(aProcess(), 0)).toBe(1);
});

test('of those that died twice only one runs at a time in a process, and waiting is not held against them', async () => {
  const [first, second, third] = [aProcess(), aProcess(), aProcess()];
  for (const process of [first, second]) await Promise.all([0, 1, 2].map((index) => die(process, index)));
  const answers = await Promise.all([0, 1, 2].map((index) => die(third, index)));
  expect(answers.sort()).toEqual([2, 'waits', 'waits']);
  const fourth = aProcess();
  const deaths = [];
  for (const index of [0, 1, 2]) deaths.push(await survive(fourth, index));
  expect(deaths.sort()).toEqual([2, 2, 3]);
});

test('the end of a start that was taken over does not clear the one that runs now', async () => {
  let end = () => {};
  const frozen = begin(
    aProcess(),
    0,
    () =>
      new Promise<void>((resolve) => {
        end = resolve;
      }),
  );
  expect(await die(aProcess(), 0)).toBe(1);
  end();
  await frozen;
  expect(await survive(aProcess(), 0)).toBe(2);
});

test('a batch that is gone keeps no book', async () => {
  await redis.del(keys.batch('b1'));
  expect(await survive(aProcess(), 0)).toBe(0);
  expect(await redis.keys('*')).toEqual([]);
});
