import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectPatient, disconnect } from '../redis/connect.ts';
import {
  callHandler,
  keyFor,
  type QueueFixture,
  skuHandler,
  startQueueFixture,
} from '../testing/queue-fixture.ts';

const soon = { timeoutMs: 20_000 };
const OTHER = { name: 'black-forest/flux', quota: { callsPerMinute: 6000 } };
let studio: QueueFixture;
beforeEach(async () => {
  studio = await startQueueFixture({ pools: [OTHER] });
});
afterEach(() => studio.close());

const names = (count: number, prefix: string) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
const hasEnded = (id: string) =>
  eventually(async () => expect((await studio.api.batch(id))?.status).toBe('completed'), soon);

describe('a pool of calls', () => {
  test('takes nothing of another one: not its quota, not its books, not its keys', async () => {
    await studio.startWorker({});
    const mine = await studio.submit(names(3, 'a'));
    const other = await studio.submit(names(5, 'b'), {}, 'default', OTHER.name);
    await Promise.all([hasEnded(mine.id), hasEnded(other.id)]);
    expect(await studio.api.quota()).toMatchObject({ callsLastMinute: 3, callsToday: 3 });
    expect(await studio.api.quota(OTHER.name)).toMatchObject({
      callsLastMinute: 5,
      callsToday: 5,
      costTodayUsd: 0.25,
    });
    const redis = connectPatient(studio.redis.url);
    // What a version before pools reads is what the default pool did.
    expect(await redis.zcard('test:calls')).toBe(3);
    expect(await redis.llen('test:latencies')).toBe(3);
    expect(await redis.zcard(`test:calls@${OTHER.name}`)).toBe(5);
    await disconnect(redis);
    await expect(studio.api.quota('nobody')).rejects.toThrow(RangeError);
  });

  test('that an operator has to bring back leaves no time left to be told, unless a fallback makes the calls', async () => {
    const worker = await studio.startWorker({});
    await worker.stopCalls('MODEL_MISCONFIGURED', 'the key is wrong');
    const { id } = await studio.submit(names(3, 'a'));
    const helped = await studio.submit(names(300, 'b'), {}, 'default', 'default', OTHER.name);
    expect((await studio.api.batch(id))?.eta).toBeNull();
    expect((await studio.api.batches({ limit: 5 })).items.find((one) => one.id === id)?.eta).toBeNull();
    expect((await studio.api.batch(helped.id))?.eta).toEqual({
      lowSeconds: expect.any(Number),
      highSeconds: expect.any(Number),
    });
    await worker.resumeCalls('MODEL_MISCONFIGURED');
    await hasEnded(id);
  });

  test('that is paused for a wrong key, or down, holds up nobody else', async () => {
    const worker = await studio.startWorker({});
    await worker.stopCalls('MODEL_MISCONFIGURED', 'the key is wrong');
    await worker.schedule.pause(60_000);
    const mine = await studio.submit(names(3, 'a'));
    const other = await studio.submit(names(5, 'b'), {}, 'default', OTHER.name);
    await hasEnded(other.id);
    expect((await studio.api.batch(mine.id))?.calls.made).toBe(0);
    await worker.pool(OTHER.name).stopCalls('MODEL_MISCONFIGURED', 'this one, too');
    const messages = await studio.api.operatorMessages();
    expect(messages.map(({ code, pool }) => `${code} ${pool}`).sort()).toEqual([
      `MODEL_MISCONFIGURED ${OTHER.name}`,
      'MODEL_MISCONFIGURED undefined',
    ]);
    await studio.api.setQuota({ callsPerMinute: null });
    await worker.resumeCalls('MODEL_MISCONFIGURED');
    await hasEnded(mine.id);
    const later = await studio.submit(['c'], {}, 'default', OTHER.name);
    expect((await studio.api.operatorMessages()).map(({ pool }) => pool)).toEqual([OTHER.name]);
    await worker.pool(OTHER.name).resumeCalls('MODEL_MISCONFIGURED');
    await hasEnded(later.id);
  });

  test("is emptied by a cancel, and keeps its own bound on a batch's calls in flight", async () => {
    let atOnce = 0;
    let most = 0;
    const worker = await studio.startWorker({
      async call(job) {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await new Promise((resolve) => setTimeout(resolve, 20));
        return callHandler(worker)(job).finally(() => {
          atOnce -= 1;
        });
      },
    });
    const bounded = await studio.submit(names(6, 'a'), { concurrency: 2 }, 'default', OTHER.name);
    await hasEnded(bounded.id);
    expect(most).toBe(2);
    await worker.pool(OTHER.name).schedule.pause(60_000);
    const cancelled = await studio.submit(names(6, 'b'), { concurrency: 2 }, 'default', OTHER.name);
    const counts = async () => (await studio.api.queueCounts())[`ai-${OTHER.name}`] ?? {};
    await eventually(async () => expect((await counts()).delayed).toBeGreaterThan(0), soon);
    await studio.api.cancel(cancelled.id);
    await eventually(async () => {
      const { delayed, prioritized, wait, active } = await counts();
      expect([delayed, prioritized, wait, active]).toEqual([0, 0, 0, 0]);
    }, soon);
  });

  test('finds a picture that the other one makes: the same call is made once', async () => {
    const callKey = () => keyFor('the same model at two accounts');
    const worker = await studio.startWorker({ sku: (job) => skuHandler(worker, callKey)(job) });
    const [one, two] = await Promise.all([
      studio.submit(['a']),
      studio.submit(['b'], {}, 'default', OTHER.name),
    ]);
    await Promise.all([hasEnded(one.id), hasEnded(two.id)]);
    const made = await Promise.all(
      [one, two].map(async ({ id }) => (await studio.api.batch(id))?.calls.made),
    );
    expect(made.sort()).toEqual([0, 1]);
  });
});
