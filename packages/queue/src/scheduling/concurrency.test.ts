import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CallJob, CallOutcome } from '../calls/call-job.ts';
import { connectPatient, disconnect } from '../redis/connect.ts';
import { callHandler, type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';

let studio: QueueFixture;
/** Calls in flight now, and the most there were, by batch. */
let inFlight: Map<string, number>;
let most: Map<string, number>;

beforeEach(async () => {
  studio = await startQueueFixture();
  inFlight = new Map();
  most = new Map();
});
afterEach(() => studio.close());

const skus = (count: number, name: string) => Array.from({ length: count }, (_, n) => `${name}${n}`);

/** Workers whose calls take `ms`, counted while they are on the wire. */
async function startWorkers(count: number, ms: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const worker = await studio.startWorker({
      call: async (job: CallJob) => {
        const { batchId } = job.data;
        let isCounted = false;
        const settle = async (result: Parameters<CallJob['quota']['settle']>[0]) => {
          await new Promise((resolve) => setTimeout(resolve, ms));
          inFlight.set(batchId, (inFlight.get(batchId) ?? 0) - 1);
          isCounted = false;
          return job.quota.settle(result);
        };
        const outcome = await callHandler(worker, () => {
          isCounted = true;
          inFlight.set(batchId, (inFlight.get(batchId) ?? 0) + 1);
          most.set(batchId, Math.max(most.get(batchId) ?? 0, inFlight.get(batchId) ?? 0));
        })({ ...job, quota: { ...job.quota, settle } });
        if (isCounted) inFlight.set(batchId, (inFlight.get(batchId) ?? 0) - 1);
        return outcome;
      },
    });
  }
}

const ended = (id: string) =>
  eventually(async () => expect((await studio.api.batch(id))?.finishedAt).not.toBeNull(), {
    timeoutMs: 25_000,
  });

describe('concurrency of a batch', () => {
  test('bounds its calls in flight over all workers, is used to the full, and binds nobody else', async () => {
    await startWorkers(3, 60);
    const bound = await studio.submit(skus(40, 'a'), { concurrency: 3 });
    const free = await studio.submit(skus(60, 'b'));
    await Promise.all([ended(bound.id), ended(free.id)]);
    expect(most.get(bound.id)).toBe(3);
    expect(most.get(free.id)).toBeGreaterThan(3);
    expect((await studio.api.batch(bound.id))?.counts.completed).toBe(40);
  });

  test('holds for calls that a pause left on the wire when the batch is resumed', async () => {
    await startWorkers(2, 300);
    const { id } = await studio.submit(skus(8, 'a'), { concurrency: 2 });
    await eventually(async () => expect(inFlight.get(id)).toBe(2));
    await studio.api.pause(id);
    await studio.api.resume(id);
    await ended(id);
    expect(most.get(id)).toBe(2);
    expect((await studio.api.batch(id))?.counts.completed).toBe(8);
  });

  test('frees the places of calls that a control took away', async () => {
    const { id } = await studio.submit(skus(6, 'a'), { concurrency: 1 });
    // A worker that never gets a slot: its quota is one call a minute.
    const slow = await studio.startWorker({}, { callsPerMinute: 1 });
    await eventually(async () => expect((await studio.api.batch(id))?.counts.active).toBeGreaterThan(2));
    await studio.api.pause(id);
    await slow.close(1000);
    // If it had begun its only call of the minute, the fleet would wait for the next one.
    await studio.endPauses();
    await studio.api.resume(id);
    await startWorkers(1, 10);
    await ended(id);
    expect((await studio.api.batch(id))?.counts.completed).toBe(6);
  });

  test('comes back when the worker that held the places has died', async () => {
    let hung = 0;
    let bury = () => {};
    const buried = new Promise<CallOutcome>((resolve) => {
      bury = () => resolve({ next: 'drop' });
    });
    const dead = await studio.startWorker({
      call: () => {
        hung += 1;
        return buried;
      },
    });
    const { id } = await studio.submit(skus(6, 'a'), { concurrency: 2 });
    await eventually(async () => expect(hung).toBe(2));
    await dead.holdWork('DEAD', 'takes nothing any more');
    // Its locks run out, as those of a killed process do.
    const redis = connectPatient(studio.redis.url);
    const locks = await redis.keys('test:ai:*:lock');
    expect(locks).toHaveLength(2);
    await redis.del(...locks);
    await disconnect(redis);
    await startWorkers(1, 200);
    await ended(id).finally(bury);
    expect((await studio.api.batch(id))?.counts.completed).toBe(6);
    expect(most.get(id)).toBe(2);
  });
});
