import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectPatient, disconnect } from '../redis/connect.ts';
import type { SkuJob, SkuOutcome } from '../skus/sku-job.ts';
import type { StudioWorker } from '../studio-worker.ts';
import {
  aCall,
  anEntry,
  aPictureOf,
  aRecord,
  callHandler,
  keyFor,
  type QueueFixture,
  startQueueFixture,
} from '../testing/queue-fixture.ts';

/** Slow enough that calls wait for the quota, not for this machine. */
const QUOTA = { callsPerMinute: 600 };
/** Calls that are on their way to the model, or chosen to be, when another one comes in. */
const ON_THEIR_WAY = 16;

let studio: QueueFixture;
/** SKUs of the calls, in their order. */
let calls: string[];

beforeEach(async () => {
  studio = await startQueueFixture();
  calls = [];
});
afterEach(() => studio.close());

/** Each SKU needs the calls of these names, one after the other: a first one, and one because its picture failed the checks. */
async function startWorker(namesOf: (sku: string, round: number) => string[]): Promise<StudioWorker> {
  const worker = await studio.startWorker(
    {
      sku: (job) => follow(worker, job, namesOf),
      call: (job) => callHandler(worker, ({ data }) => calls.push(`s${data.index}`))(job),
    },
    QUOTA,
  );
  return worker;
}

async function follow(
  worker: StudioWorker,
  job: SkuJob,
  namesOf: (sku: string, round: number) => string[],
): Promise<SkuOutcome> {
  const begun = await job.begin();
  if (!begun) return { next: 'drop' };
  const { redo } = begun.record ?? {};
  const round = redo?.main?.round ?? 0;
  for (const callKey of namesOf(begun.input.sku, round).map(keyFor)) {
    if (await worker.ledger.find(callKey)) continue;
    await job.note({ ...aRecord(), ...(redo && { redo }) });
    return { next: 'waitForCalls', calls: [aCall(callKey)] };
  }
  await job.finish('completed', {
    ...aRecord(),
    ...(redo && { redo }),
    stage: null,
    images: [aPictureOf(round)],
  });
  return { next: 'done' };
}

const skus = (count: number) => Array.from({ length: count }, (_, n) => `s${n}`);
const ended = (id: string) =>
  eventually(async () => expect((await studio.api.batch(id))?.finishedAt).not.toBeNull(), {
    timeoutMs: 60_000,
  });
const reach = (count: number) =>
  eventually(async () => expect(calls.length).toBeGreaterThanOrEqual(count), { timeoutMs: 30_000 });

describe('the calls of a batch', () => {
  test.each([{ bound: undefined }, { bound: 8 }])(
    'finish what has begun before more is begun, at most $bound at once',
    async ({ bound }) => {
      const count = 60;
      await startWorker((sku) => [sku, `${sku} again`]);
      const { id } = await studio.submit(skus(count), bound === undefined ? {} : { concurrency: bound });
      await reach(count);
      const whole = new Set(calls.slice(0, count).filter((sku, place) => calls.indexOf(sku) < place));
      // All first calls before all second ones would be none.
      expect(whole.size).toBeGreaterThanOrEqual((count - ON_THEIR_WAY) / 2 - 4);
      await ended(id);
      expect(calls).toHaveLength(2 * count);
    },
  );

  test('of a picture that a person waits for comes before all that the batch has ready', async () => {
    const count = 80;
    const worker = await startWorker((sku, round) => [round > 0 ? `${sku} ${round}` : sku]);
    // The last one is paid for: it ends while all others wait for the quota.
    const last = `s${count - 1}`;
    await worker.ledger.record(keyFor(last), anEntry('somebody'));
    const { id } = await studio.submit(skus(count));
    await eventually(async () =>
      expect(await studio.api.sku(id, last)).toMatchObject({ state: 'completed' }),
    );
    const before = calls.length;
    await studio.api.review(id, [count - 1], {
      decision: 'regenerate',
      planned: ['main'],
      isAwaited: true,
    });
    await eventually(async () => expect(calls).toContain(last), { timeoutMs: 30_000 });
    expect(calls.indexOf(last) - before).toBeLessThanOrEqual(ON_THEIR_WAY);
    expect(calls.length).toBeLessThan(count - 1);
    await studio.api.cancel(id);
  });
});

test('a batch that has ended teaches quotes how many second calls there are, once', async () => {
  const worker = await startWorker((sku, round) => [
    sku,
    `${sku} again`,
    ...(round > 0 ? [`${sku} ${round}`] : []),
  ]);
  const { id } = await studio.submit(skus(6));
  await ended(id);
  const redis = connectPatient(studio.redis.url);
  expect(await redis.lrange('test:again', 0, -1)).toEqual(['1.000']);
  await studio.api.review(id, [0], { decision: 'regenerate', planned: ['main'], isAwaited: true });
  await eventually(async () => expect(await worker.ledger.find(keyFor('s0 1'))).not.toBeNull());
  await ended(id);
  expect(await redis.lrange('test:again', 0, -1)).toEqual(['1.000']);
  // Slower than any fleet can finish pictures.
  await studio.api.setQuota({ callsPerMinute: 60 });
  for (let n = 0; n < 9; n += 1) await redis.lpush('test:again', '1.000');
  await eventually(async () => {
    const after = await studio.api.estimate(1000, 1000);
    expect(after?.lowSeconds).toBeGreaterThanOrEqual(2000);
  });
  await disconnect(redis);
});

test('a batch that compared models teaches nothing: it made its pictures several times', async () => {
  const redis = connectPatient(studio.redis.url);
  const { id } = await studio.submit(skus(6));
  await redis.hset(`test:batch:${id}`, 'pass', 1);
  await startWorker((sku) => [sku, `${sku} again`]);
  await ended(id);
  expect(await redis.exists('test:again')).toBe(0);
  await disconnect(redis);
});
