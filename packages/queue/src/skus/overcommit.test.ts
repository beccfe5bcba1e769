import { once } from 'node:events';
import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { aRecord, type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';
import type { SkuJob, SkuOutcome } from './sku-job.ts';

/** The fixture's workers have 8 slots. */
const STUCK = Array.from({ length: 40 }, (_, at) => `stuck ${at}`);
const QUICK = Array.from({ length: 20 }, (_, at) => `quick ${at}`);

let studio: QueueFixture;
/** SKUs that wait for their supplier now. */
let waiting: number;

beforeEach(async () => {
  waiting = 0;
  studio = await startQueueFixture();
});
afterEach(() => studio.close());

/** SKUs called `stuck` wait for a supplier until they are told to stop; `overcommits` decides whether others start beyond the concurrency meanwhile. */
function waitOrFinish(overcommits: boolean) {
  return async (job: SkuJob): Promise<SkuOutcome> => {
    const begun = await job.begin();
    if (!begun) return { next: 'drop' };
    if (!begun.input.sku.startsWith('stuck')) {
      await job.finish('completed', aRecord());
      return { next: 'done' };
    }
    const end = overcommits ? job.overcommit() : () => {};
    waiting += 1;
    if (!job.signal.aborted) await once(job.signal, 'abort');
    waiting -= 1;
    end();
    return { next: 'drop' };
  };
}

test('forty suppliers that never answer do not hold up the others, in one batch or another', async () => {
  await studio.startWorker({ sku: waitOrFinish(true) });
  const { id } = await studio.submit([...STUCK, ...QUICK]);
  const other = await studio.submit(QUICK);
  await eventually(async () => {
    expect((await studio.api.batch(id))?.counts).toMatchObject({ completed: 20, active: 40 });
    expect((await studio.api.batch(other.id))?.status).toBe('completed');
  });
  expect(waiting).toBe(40);
  await studio.api.cancel(id);
  await eventually(() => expect(waiting).toBe(0));
});

test('without overcommitting eight of them would', async () => {
  await studio.startWorker({ sku: waitOrFinish(false) });
  const { id } = await studio.submit([...STUCK, ...QUICK]);
  await eventually(() => expect(waiting).toBe(8));
  expect((await studio.api.batch(id))?.counts).toMatchObject({ completed: 0 });
  await studio.api.cancel(id);
});

test('a worker that stops hands back what it took beyond its slots', async () => {
  const first = await studio.startWorker({ sku: waitOrFinish(true) });
  const { id } = await studio.submit(STUCK);
  await eventually(() => expect(waiting).toBe(40));
  await first.close(1000);
  expect(waiting).toBe(0);
  await studio.startWorker({ sku: finishAll });
  await eventually(async () => expect((await studio.api.batch(id))?.counts.completed).toBe(40));
});

async function finishAll(job: SkuJob): Promise<SkuOutcome> {
  if (!(await job.begin())) return { next: 'drop' };
  await job.finish('completed', aRecord());
  return { next: 'done' };
}
