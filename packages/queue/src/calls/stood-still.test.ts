import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import {
  anEntry,
  PRICE,
  type QueueFixture,
  skuHandler,
  startQueueFixture,
} from '../testing/queue-fixture.ts';
import type { CallJob, CallOutcome } from './call-job.ts';

let studio: QueueFixture;
let redis: Redis;

beforeEach(async () => {
  studio = await startQueueFixture();
  redis = new Redis(studio.redis.url);
});
afterEach(async () => {
  jest.restoreAllMocks();
  redis.disconnect();
  await studio.close();
});

/** From the next `go` on the clock is two seconds further, as after a freeze in which `meanwhile` began. */
function freezeAtGo(meanwhile: () => void): void {
  const now = performance.now.bind(performance);
  let asked = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => {
    asked += 1;
    if (asked === 2) meanwhile();
    return now() + (asked >= 2 ? 2000 : 0);
  });
}

test.each([
  ['lost its job to another worker', true, ['stale']],
  ['still has its job', false, ['go']],
])('a process that stood still between the answer and the request, and %s', async (_, isLost, expected) => {
  const verdicts: string[] = [];
  const callAfterFreeze = async (job: CallJob): Promise<CallOutcome> => {
    if (verdicts.length > 0) return { next: 'drop' };
    const [lock = ''] = await redis.keys('*:ai:*:lock');
    freezeAtGo(() => {
      if (isLost) void redis.set(lock, 'of another worker');
    });
    const { verdict } = await job.quota.reserve(PRICE);
    jest.restoreAllMocks();
    verdicts.push(verdict);
    if (verdict !== 'go') return { next: 'drop' };
    await worker.ledger.record(job.data.callKey, anEntry('a'));
    await job.quota.settle({ outcome: 'ok', costUsd: PRICE, latencyMs: 1, health: 'up', counted: true });
    return { next: 'done' };
  };
  const worker = await studio.startWorker({ sku: (job) => skuHandler(worker)(job), call: callAfterFreeze });
  const { id } = await studio.submit(['a']);
  await eventually(() => expect(verdicts).toEqual(expected));
  // Asked twice, counted once.
  expect((await studio.api.batch(id))?.calls.made).toBe(1);
});
