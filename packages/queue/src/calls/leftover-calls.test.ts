import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { StudioWorker } from '../studio-worker.ts';
import {
  anEntry,
  PRICE,
  type QueueFixture,
  skuHandler,
  startQueueFixture,
} from '../testing/queue-fixture.ts';
import type { CallJob, CallOutcome } from './call-job.ts';

const CALLS_PER_MINUTE = 600;

let studio: QueueFixture;
/** Batch ids, of each slot that was taken and of each call that reached the model, in that order. */
let slots: string[];
let calls: string[];

beforeEach(async () => {
  studio = await startQueueFixture();
  slots = [];
  calls = [];
  for (let n = 0; n < 2; n += 1) {
    const worker = await studio.startWorker(
      { sku: (job) => skuHandler(worker)(job), call: (job) => callAtSlot(worker, job) },
      { callsPerMinute: CALLS_PER_MINUTE },
    );
  }
});
afterEach(() => studio.close());

/** A call that waits for its slot, as the real one does while its photos are ready. */
async function callAtSlot(worker: StudioWorker, job: CallJob): Promise<CallOutcome> {
  const { callKey, batchId, index } = job.data;
  const slot = await job.quota.nextSlot();
  if (slot === null) return { next: 'drop' };
  slots.push(batchId);
  await sleep(Math.max(0, slot.inMs));
  if ((await job.quota.reserve(PRICE)).verdict !== 'go') return { next: 'drop' };
  calls.push(batchId);
  await worker.ledger.record(callKey, anEntry(`${batchId}_${index}`));
  await job.quota.settle({ outcome: 'ok', costUsd: PRICE, latencyMs: 1, health: 'up', counted: true });
  return { next: 'done' };
}

const skus = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}${n}`);
const of = (id: string, list: string[]) => list.filter((one) => one === id).length;
const reach = (condition: () => boolean) =>
  eventually(async () => expect(condition()).toBe(true), { timeoutMs: 30_000 });

describe.each(['cancel', 'pause'] as const)('a batch after its %s', (control) => {
  test('takes no slots from the others with the calls that it had queued', async () => {
    const large = await studio.submit(skus('large', 400));
    const small = await studio.submit(skus('small', 200));
    await reach(() => of(large.id, calls) >= 5 && of(small.id, calls) >= 5);
    await studio.api[control](large.id);
    const from = slots.length;
    await reach(() => slots.length >= from + 40);
    expect(of(small.id, slots.slice(from))).toBeGreaterThanOrEqual(38);
  });

  test('makes no call that had not been made when the control was answered', async () => {
    const other = await studio.submit(skus('other', 300));
    const { id } = await studio.submit(skus('a', 300));
    for (let round = 1; round <= 3; round += 1) {
      const before = of(id, calls);
      await reach(() => of(id, calls) >= before + 3);
      await studio.api[control](id);
      const made = (await studio.api.batch(id))?.calls.made;
      const from = of(other.id, calls);
      await reach(() => of(other.id, calls) >= from + 8);
      expect(of(id, calls)).toBe(made);
      expect((await studio.api.batch(id))?.calls.made).toBe(made);
      if (control === 'cancel') break;
      await studio.api.resume(id);
    }
  });
});
