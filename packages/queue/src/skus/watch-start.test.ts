import { startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Job } from 'bullmq';
import { type Keys, keysOf } from '../batch-store/keys.ts';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import { endPulse, givePulse, watchStart } from './watch-start.ts';

/** Long enough that no worker of these tests is taken for dead because the machine is slow. */
const LOCK_MS = 60_000;
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
const noted = async (index: number) =>
  (await redis.hget(`${keys.batch('b1')}:starts`, `b1_${index}_1`)) ?? '';
const of = (workerId: string) => ({ redis, keys, workerId, jobLockMs: LOCK_MS });

/** Each start in a process of its own, unless it is said in which. */
function begin<T>(
  index: number,
  run: (deaths: number) => Promise<T>,
  workerId = `w${starts}`,
): Promise<T | 'waits'> {
  starts += 1;
  const job = {
    id: `b1_${index}_1`,
    attemptsStarted: starts,
    data: { batchId: 'b1', index },
  } as unknown as Job<{ batchId: string; index: number }>;
  const waits = new Error('waits');
  const options = { hasStages: true, wait: () => Promise.reject(waits) };
  return watchStart(of(workerId), job, options, ({ deaths }) => run(deaths)).catch((error: unknown) => {
    if (error === waits) return 'waits';
    throw error;
  });
}

/** A start whose process dies in the middle: it never ends. Resolves once it runs. */
function die(index: number, workerId?: string): Promise<number | 'waits'> {
  return new Promise((resolve) => {
    const start = begin(
      index,
      (deaths) => {
        resolve(deaths);
        return new Promise<never>(() => {});
      },
      workerId,
    );
    void start.then((answer) => answer === 'waits' && resolve(answer));
  });
}

const survive = (index: number) => begin(index, async (deaths) => deaths);

/** The last start of a SKU began so much earlier, or waits since so much earlier. */
async function earlier(index: number, ms: number): Promise<void> {
  const [stage, deaths, start, all, at, worker] = (await noted(index)).split(':');
  const note = [stage, deaths, start, all, Math.round(Number(at) - ms), worker].join(':');
  await redis.hset(`${keys.batch('b1')}:starts`, `b1_${index}_1`, note);
}

/** A suspect lets others go first; this is over then. */
const othersHaveGone = () => redis.del(keys.restartLine);

/** A worker was last heard of so long ago. */
async function heardOf(workerId: string, msAgo: number): Promise<void> {
  await givePulse(of(workerId));
  const now = Number(await redis.zscore(keys.pulses, workerId));
  await redis.zadd(keys.pulses, now - msAgo, workerId);
}

/** The worker was heard of until just before its end, so long ago that it is taken for dead. */
async function diedNow(workerId: string, startedMsBefore: number, ...indices: number[]): Promise<void> {
  await heardOf(workerId, LOCK_MS);
  const heard = Number(await redis.zscore(keys.pulses, workerId));
  for (const index of indices) {
    const at = Number((await noted(index)).split(':')[4]);
    await earlier(index, at - (heard - startedMsBefore));
  }
}

/** All that was heard of workers is so much older. */
async function laterBy(ms: number): Promise<void> {
  const pulses = await redis.zrange(keys.pulses, '-inf', '+inf', 'BYSCORE');
  for (const worker of pulses) await redis.zincrby(keys.pulses, -ms, worker);
}

describe('a start', () => {
  test('that ended in order leaves nothing behind, however it ended', async () => {
    expect(await survive(0)).toBe(0);
    const failing = begin(0, () => Promise.reject(new Error('a fault')));
    await expect(failing).rejects.toThrow('a fault');
    expect(await survive(0)).toBe(0);
    expect(await redis.exists(`${keys.batch('b1')}:starts`)).toBe(0);
  });

  test('that died is a death, in a row and in the same stage; one that ends forgives them', async () => {
    await atStage(0, 'finish');
    expect([await die(0), await die(0), await die(0)]).toEqual([0, 1, 'waits']);
    await othersHaveGone();
    expect(await die(0)).toBe(2);
    expect(await survive(0)).toBe(3);
    expect(await survive(0)).toBe(0);
  });

  test('whose worker is still heard of has not died', async () => {
    await givePulse(of('alive'));
    for (const _start of [1, 2, 3, 4]) expect(await die(0, 'alive')).toBe(0);
    expect(await die(0, 'other')).toBe(0);
    expect(await die(0, 'third')).toBe(1);
  });

  test('that a busy worker takes up from itself has not died either, whether it was heard of or not', async () => {
    for (const _start of [1, 2, 3, 4]) expect(await die(0, 'busy')).toBe(0);
  });

  test('that was taken for dead and ends in order all the same was no death; the one that runs now may be', async () => {
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
  });

  test('that died in another stage is the first death there: the stage before was survived', async () => {
    await die(0);
    await atStage(0, 'download');
    expect(await die(0)).toBe(1);
    await atStage(0, 'prepare');
    expect(await die(0)).toBe(1);
  });
});

describe('jobs that died with their worker', () => {
  test('go on one after the other, and only those that had just begun are suspected when it dies again', async () => {
    const all = [0, 1, 2, 3];
    await Promise.all(all.map((index) => die(index)));
    const from = performance.now();
    await Promise.all(all.map((index) => die(index, 'second')));
    expect(performance.now() - from).toBeGreaterThan(290);
    await diedNow('second', 5000, 0, 1, 2);
    await diedNow('second', 500, 3);
    expect(await Promise.all(all.map((index) => survive(index)))).toEqual([1, 1, 1, 'waits']);
  });

  test('twice run one at a time, after all others, and waiting is not held against them', async () => {
    for (const _death of [1, 2]) await Promise.all([0, 1, 2].map((index) => die(index)));
    expect(await Promise.all([0, 1, 2].map((index) => die(index)))).toEqual(['waits', 'waits', 'waits']);
    await othersHaveGone();
    expect(await Promise.all([0, 1, 2].map((index) => die(index)))).toEqual([2, 'waits', 'waits']);
    await othersHaveGone();
    expect(await survive(1)).toBe('waits');
    // The one that ran is taken up first, and its end lets the next one go.
    expect(await survive(0)).toBe(3);
    expect(await Promise.all([survive(1), survive(2)])).toEqual([2, 'waits']);
    expect(await survive(2)).toBe(2);
  });

  test('twice wait until no worker has died for a while, but not for ever', async () => {
    for (const _death of [1, 2]) await die(0);
    await othersHaveGone();
    await heardOf('another', 0.5 * LOCK_MS);
    expect(await die(0)).toBe('waits');
    await heardOf('another', 1.59 * LOCK_MS);
    expect(await die(0)).toBe('waits');
    await earlier(0, 5 * LOCK_MS);
    expect(await die(0)).toBe(2);
    await endPulse(of('another'));
    expect(await survive(0)).toBe(3);
  });

  test('twice go on when it has been calm', async () => {
    for (const _death of [1, 2]) await die(0);
    await othersHaveGone();
    await heardOf('another', 1.7 * LOCK_MS);
    expect(await survive(0)).toBe(2);
  });

  test('twice are not proven by a kill that several workers died of at once', async () => {
    for (const _death of [1, 2]) await die(0);
    for (const worker of ['third', 'fourth']) {
      await othersHaveGone();
      expect(await die(0, worker)).toBe(2);
      await diedNow(worker, 500, 0);
      await heardOf(`beside the ${worker}`, 0.9 * LOCK_MS);
      expect(await die(0)).toBe('waits');
      await laterBy(4 * LOCK_MS);
    }
    await othersHaveGone();
    expect(await die(0, 'alone')).toBe(2);
    await diedNow('alone', 500, 0);
    expect(await survive(0)).toBe(3);
  });

  test('twice are not proven by a death long after they began: an outage may make any stage long', async () => {
    for (const _death of [1, 2]) await die(0);
    await othersHaveGone();
    expect(await die(0, 'third')).toBe(2);
    await diedNow('third', 4000, 0);
    expect(await die(0)).toBe('waits');
    await laterBy(4 * LOCK_MS);
    await othersHaveGone();
    expect(await survive(0)).toBe(2);
  });

  test('six times, at whatever moment, are given up', async () => {
    for (const death of [1, 2, 3, 4, 5, 6]) {
      await die(0, `w${death}`);
      await diedNow(`w${death}`, 20_000, 0);
    }
    expect(await survive(0)).toBe(6);
  });

  test('were noted by an earlier version, too', async () => {
    await redis.hset(`${keys.batch('b1')}:starts`, 'b1_0_1', 'finish:1:7');
    await atStage(0, 'finish');
    expect(await survive(0)).toBe(2);
  });
});

test('a batch that is gone keeps no book', async () => {
  await redis.del(keys.batch('b1'));
  expect(await survive(0)).toBe(0);
  expect(await redis.keys('*')).toEqual([]);
});
