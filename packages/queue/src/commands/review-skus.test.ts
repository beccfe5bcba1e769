import type { SkuRecord } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BatchState } from '../batch-store/batch-state.ts';
import { connectPatient, disconnect } from '../redis/connect.ts';
import { aPictureOf, aRecord, type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';

let studio: QueueFixture;

beforeEach(async () => {
  studio = await startQueueFixture();
});
afterEach(() => studio.close());

async function ended(id: string): Promise<BatchState> {
  return eventually(
    async () => {
      const batch = await studio.api.batch(id);
      if (!batch?.finishedAt) throw new Error(`not ended: ${JSON.stringify(batch?.counts)}`);
      return batch;
    },
    { timeoutMs: 15_000 },
  );
}

function sumOfStates({ counts }: BatchState): number {
  const { waiting, active, completed, failed, cancelled, needsReview } = counts;
  return waiting + active + completed + failed + cancelled + needsReview;
}

const approve = { decision: 'approve', planned: ['main'] } as const;
const reject = { decision: 'reject', planned: ['main'] } as const;
const undo = { decision: 'undo', planned: ['main'] } as const;
const regenerate = { decision: 'regenerate', planned: ['main'] } as const;

const GREY = { checks: [{ rule: 'background', measured: 240, required: '255', pass: false }] };

const all = (count: number) => Array.from({ length: count }, (_, n) => n);

/** A worker whose every picture fails a check, in whichever round; resolves `begun` with each SKU it begins. */
async function startGreyWorker(onBegin: (sku: string) => Promise<void> | void = () => {}) {
  await studio.startWorker({
    sku: async (job) => {
      const begun = await job.begin();
      if (!begun) return { next: 'drop' };
      await onBegin(begun.input.sku);
      if (job.signal.aborted) return { next: 'drop' };
      const round = begun.record?.redo?.main?.round ?? 0;
      await job.finish('needsReview', {
        ...aRecord(),
        ...redoOf(begun.record),
        stage: null,
        images: [aPictureOf(round, GREY)],
      });
      return { next: 'done' };
    },
  });
}

const redoOf = (record: SkuRecord | null): Pick<SkuRecord, 'redo'> =>
  record?.redo ? { redo: record.redo } : {};

describe('reviewing', () => {
  test('moves counts and the sequence number, and shows in the changes', async () => {
    await startGreyWorker();
    const { id } = await studio.submit(['a', 'b', 'c']);
    const before = await ended(id);
    expect(before.counts).toMatchObject({ total: 3, needsReview: 3 });
    await studio.api.review(id, [0], approve);
    await studio.api.review(id, [1], reject);
    const after = await ended(id);
    expect(after.counts).toMatchObject({ total: 3, completed: 1, failed: 1, needsReview: 1 });
    expect(after.finishedAt).toBe(before.finishedAt);
    const changes = await studio.api.changes(id, before.seq, 10);
    expect(changes?.skus.map(({ input, state }) => [input.sku, state])).toEqual([
      ['a', 'completed'],
      ['b', 'failed'],
    ]);
    expect((await studio.api.summary(id)).failures).toMatchObject([{ code: 'CHECK_FAILED', count: 1 }]);
    await studio.api.review(id, [0, 1], undo);
    expect((await ended(id)).counts).toMatchObject({ needsReview: 3, completed: 0, failed: 0 });
  });

  test('the same decision twice is told to nobody', async () => {
    await startGreyWorker();
    const { id } = await studio.submit(['a']);
    await ended(id);
    await studio.api.review(id, [0], approve);
    const { seq } = await ended(id);
    expect(await studio.api.review(id, [0], approve)).toMatchObject([{ verdict: 'done' }]);
    expect((await ended(id)).seq).toBe(seq);
  });

  test('regenerating opens a batch that had ended, and it ends again with the new picture', async () => {
    await startGreyWorker();
    const { id } = await studio.submit(['a', 'b']);
    const first = await ended(id);
    const answers = await Promise.all([
      studio.api.review(id, [0], { ...regenerate, prompt: 'whiter' }),
      studio.api.review(id, [0], { ...regenerate, prompt: 'whiter' }),
    ]);
    for (const answer of answers) expect(answer).toMatchObject([{ index: 0 }]);
    const again = await eventually(async () => {
      const batch = await ended(id);
      expect(batch.finishedAt).not.toBe(first.finishedAt);
      return batch;
    });
    expect(again.counts).toMatchObject({ total: 2, needsReview: 2 });
    const entry = await studio.api.sku(id, 'a');
    expect(entry?.record.redo?.main).toMatchObject({ prompt: 'whiter' });
    expect(entry?.record.images).toMatchObject([{ round: entry?.record.redo?.main?.round }]);
    expect((await studio.api.sku(id, 'b'))?.record.images).toMatchObject([{ round: 0 }]);
  });

  test('a rejected picture is made anew when the SKU is tried again', async () => {
    await startGreyWorker();
    const { id } = await studio.submit(['a', 'b']);
    await ended(id);
    await studio.api.review(id, [1], reject);
    expect(await studio.api.retry(id, {})).toMatchObject({ retried: 1 });
    await eventually(async () => {
      const entry = await studio.api.sku(id, 'b');
      expect(entry).toMatchObject({ state: 'needsReview', record: { images: [{ round: 1, key: 'k1' }] } });
      expect(entry?.record.images[0]?.review).toBeUndefined();
    });
    expect((await ended(id)).counts).toMatchObject({ needsReview: 2 });
  });

  test('an equal decision of another person stands in the history, and one that is sent again does not', async () => {
    await startGreyWorker();
    const { id } = await studio.submit(['a']);
    await ended(id);
    for (const by of ['anna', 'ben', 'ben']) {
      await studio.api.review(id, [0], { ...approve, by, action: `of ${by}` });
    }
    const entry = await studio.api.sku(id, 'a');
    expect(entry?.decisions).toMatchObject([
      { decision: 'approve', by: 'anna' },
      { decision: 'approve', by: 'ben' },
    ]);
  });

  test('a paused batch takes decisions, and makes new pictures when it goes on', async () => {
    let holds = false;
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await startGreyWorker(async (sku) => {
      if (sku === 'slow') holds = true;
      if (sku === 'slow') await released;
    });
    const { id } = await studio.submit(['a', 'slow']);
    await eventually(async () => {
      expect(holds).toBe(true);
      expect((await studio.api.batch(id))?.counts.needsReview).toBe(1);
    });
    await studio.api.pause(id);
    release();
    expect(await studio.api.review(id, [0, 1], regenerate)).toMatchObject([
      { verdict: 'done', slots: ['main'] },
      { verdict: 'busy' },
    ]);
    const paused = await studio.api.batch(id);
    expect(paused).toMatchObject({ status: 'paused', counts: { waiting: 2, total: 2 } });
    await studio.api.resume(id);
    expect((await ended(id)).counts).toMatchObject({ needsReview: 2 });
    expect((await studio.api.sku(id, 'a'))?.record.images).toMatchObject([{ round: 1 }]);
  });

  test.each([
    ['paused, resumed and cancelled', ['pause', 'resume', 'cancel']],
    ['paused and cancelled', ['pause', 'cancel']],
    ['cancelled', ['cancel']],
    ['paused twice, resumed and cancelled', ['pause', 'resume', 'pause', 'resume', 'cancel']],
  ] as const)('a batch that was %s makes the pictures that are wanted afterwards', async (_how, controls) => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await startGreyWorker((sku) => (sku === 'slow' ? released : undefined));
    const { id } = await studio.submit(['a', 'b', 'slow']);
    await eventually(async () => expect((await studio.api.batch(id))?.counts.needsReview).toBe(2));
    for (const control of controls) await studio.api[control](id);
    release();
    expect(await ended(id)).toMatchObject({ status: 'cancelled', counts: { needsReview: 2, cancelled: 1 } });
    await studio.api.review(id, [0], regenerate);
    await studio.api.review(id, [1], regenerate);
    await eventually(async () => {
      for (const sku of ['a', 'b']) {
        expect(await studio.api.sku(id, sku)).toMatchObject({ record: { images: [{ round: 1 }] } });
      }
    });
    expect(await ended(id)).toMatchObject({ counts: { needsReview: 2, cancelled: 1 } });
  });

  test('a batch that an earlier version cancelled, with a run that may not start, goes on', async () => {
    await startGreyWorker();
    const { id } = await studio.submit(['a']);
    await ended(id);
    const redis = connectPatient(studio.redis.url);
    await redis.hset(`test:batch:${id}`, { run: 2, minRun: 7 });
    await studio.api.review(id, [0], regenerate);
    await eventually(async () => {
      expect(await studio.api.sku(id, 'a')).toMatchObject({ record: { images: [{ round: 1 }] } });
    });
    await disconnect(redis);
  });

  test('a picture that a person waits for comes before what the batch has waiting', async () => {
    const begun: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await startGreyWorker(async (sku) => {
      begun.push(sku);
      if (sku !== 's0') await held;
    });
    const { id } = await studio.submit(all(300).map((n) => `s${n}`));
    await eventually(async () =>
      expect(await studio.api.sku(id, 's0')).toMatchObject({ state: 'needsReview' }),
    );
    await studio.api.review(id, [0], { ...regenerate, isAwaited: true });
    const redis = connectPatient(studio.redis.url);
    await eventually(async () => {
      const [first] = await redis.zrange('test:sku:prioritized', '0', '0');
      expect(first).toMatch(new RegExp(`^${id}_0_`));
    });
    const before = begun.length;
    release();
    // Of the nearly 300 that wait, a handful starts at the same time.
    await eventually(() => expect(begun.slice(before, before + 20)).toContain('s0'));
    await ended(id);
    await eventually(async () => expect(await redis.exists(`test:batch:${id}:awaited`)).toBe(0));
    await disconnect(redis);
  });

  test('decisions that race with each other and with jobs leave counts that add up', async () => {
    await startGreyWorker();
    const count = 60;
    const { id } = await studio.submit(all(count).map((n) => `s${n}`));
    const orders = [approve, reject, regenerate, undo];
    for (let round = 0; round < 6; round += 1) {
      await Promise.all(
        orders.map((order, n) =>
          studio.api.review(
            id,
            all(count).filter((index) => (index + n) % 3 === 0),
            order,
          ),
        ),
      );
      const batch = await studio.api.batch(id);
      if (batch) expect(sumOfStates(batch)).toBe(count);
    }
    const batch = await ended(id);
    expect(sumOfStates(batch)).toBe(count);
    const states = new Map<string, number>();
    for (const { state, record } of (await studio.api.skus(id, { limit: 200 })).items) {
      states.set(state, (states.get(state) ?? 0) + 1);
      const decision = record.images[0]?.review?.decision ?? 'none';
      expect([state, decision]).toEqual([
        { approved: 'completed', rejected: 'failed', none: 'needsReview' }[decision],
        decision,
      ]);
    }
    for (const state of ['completed', 'failed', 'needsReview'] as const) {
      expect(states.get(state) ?? 0).toBe(batch.counts[state]);
    }
  });

  test('a dry run changes nothing and names the pictures that would be made', async () => {
    await startGreyWorker();
    const { id } = await studio.submit(['a', 'b']);
    const { seq } = await ended(id);
    expect(await studio.api.review(id, [0, 1], { ...regenerate, dryRun: true })).toMatchObject([
      { verdict: 'done', slots: ['main'] },
      { verdict: 'done', slots: ['main'] },
    ]);
    expect(await ended(id)).toMatchObject({ seq, counts: { needsReview: 2 } });
  });

  test('SKUs are found by filter and by name', async () => {
    await startGreyWorker();
    const { id } = await studio.submit(['a', 'b', 'ab']);
    await ended(id);
    expect(await studio.api.select(id, { q: 'b' })).toEqual([1, 2]);
    expect(await studio.api.select(id, { rule: 'background', skus: ['ab', 'a', 'gone'] })).toEqual([0, 2]);
    expect(await studio.api.select(id, { state: 'completed' })).toEqual([]);
  });
});
