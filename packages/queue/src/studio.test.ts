import type { Failure } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BatchState } from './batch-store/batch-state.ts';
import { BatchBusy } from './commands/batch-busy.ts';
import { IdempotencyConflict } from './commands/submission.ts';
import {
  anEntry,
  callHandler,
  keyFor,
  PRICE,
  type QueueFixture,
  skuHandler,
  startQueueFixture,
} from './testing/queue-fixture.ts';

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

const REFUSED: Failure = { code: 'MODEL_REFUSED', message: 'no', stage: 'generate', retryable: false };

describe('a batch', () => {
  test('takes any SKU text through its call to the end, one call each', async () => {
    const skus = ['12345', 'A:1', '../x', '商品-7', 'x'.repeat(128), ' ', '..', '__proto__'];
    await studio.startWorker({});
    const { id } = await studio.submit(skus);
    const batch = await ended(id);
    expect(batch.status).toBe('completed');
    expect(batch.counts).toMatchObject({ total: 8, completed: 8 });
    expect(batch.calls).toEqual({ made: 8, reused: 0, failed: 0 });
    expect(batch.costUsd).toBeCloseTo(0.4, 6);
    for (const sku of skus) expect((await studio.api.sku(id, sku))?.state).toBe('completed');
  });

  test('is shared by two workers', async () => {
    const seen = new Set<number>();
    for (const who of [1, 2]) {
      const worker = await studio.startWorker({
        sku: async (job) => {
          seen.add(who);
          return skuHandler(worker)(job);
        },
      });
    }
    const { id } = await studio.submit(Array.from({ length: 60 }, (_, n) => `s${n}`));
    expect((await ended(id)).counts.completed).toBe(60);
    expect(seen).toEqual(new Set([1, 2]));
  });

  test('submitted again makes no call and says reused', async () => {
    await studio.startWorker({});
    const first = await ended((await studio.submit(['a', 'b'])).id);
    const second = await ended((await studio.submit(['a', 'b'])).id);
    expect(first.calls).toEqual({ made: 2, reused: 0, failed: 0 });
    expect(second.calls).toEqual({ made: 0, reused: 2, failed: 0 });
    expect(second.costUsd).toBe(0);
  });

  test('makes one call for SKUs that ask for the same picture at the same moment', async () => {
    let calls = 0;
    const worker = await studio.startWorker({
      sku: (job) => skuHandler(worker, () => keyFor('same'))(job),
      call: (job) =>
        callHandler(worker, () => {
          calls += 1;
        })(job),
    });
    const batches = [await studio.submit(['a', 'b', 'c']), await studio.submit(['d', 'e'])];
    const [first, second] = [await ended(batches[0]?.id ?? ''), await ended(batches[1]?.id ?? '')];
    expect(calls).toBe(1);
    expect(first.calls.made + second.calls.made).toBe(1);
    expect(first.calls.reused + second.calls.reused).toBe(4);
  });

  test('fails a SKU whose call is refused, with the reason, and no other', async () => {
    const worker = await studio.startWorker({
      call: async (job) =>
        job.data.callKey === keyFor('bad') ? { next: 'fail', failure: REFUSED } : callHandler(worker)(job),
    });
    const { id } = await studio.submit(['good', 'bad']);
    const batch = await ended(id);
    expect(batch.counts).toMatchObject({ completed: 1, failed: 1 });
    expect(batch.status).toBe('completed');
    expect((await studio.api.sku(id, 'bad'))?.record.failure).toEqual(REFUSED);
    expect((await studio.api.skus(id, { reason: 'MODEL_REFUSED', limit: 10 })).items).toHaveLength(1);
    expect((await studio.api.skus(id, { q: 'GOO', limit: 10 })).items[0]?.input.sku).toBe('good');
  });

  test('retries a transient fault of the model and then gives up with the last reason', async () => {
    let tries = 0;
    await studio.startWorker({
      call: async () => {
        tries += 1;
        return { next: 'retry', failure: { ...REFUSED, code: 'MODEL_UNAVAILABLE', retryable: true } };
      },
    });
    const { id } = await studio.submit(['a']);
    expect((await ended(id)).status).toBe('failed');
    expect(tries).toBe(8);
    expect((await studio.api.sku(id, 'a'))?.record.failure?.code).toBe('MODEL_UNAVAILABLE');
  });

  test('waits for quota without spending an attempt', async () => {
    let tries = 0;
    const worker = await studio.startWorker({
      call: async (job) => {
        tries += 1;
        if (tries <= 10) return { next: 'requeue', ms: 10 };
        expect(job.attempt).toBe(1);
        return callHandler(worker)(job);
      },
    });
    expect((await ended((await studio.submit(['a'])).id)).status).toBe('completed');
    expect(tries).toBe(11);
  });

  test('pages through its SKUs in the order of submission', async () => {
    const { id } = await studio.submit(Array.from({ length: 25 }, (_, n) => `s${n}`));
    const seen: string[] = [];
    let cursor: string | null = '0';
    while (cursor !== null) {
      const page = await studio.api.skus(id, { limit: 10, cursor });
      seen.push(...page.items.map(({ input }) => input.sku));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => `s${n}`));
  });

  test('reports each SKU that changed after a sequence number once, and nothing before it', async () => {
    await studio.startWorker({});
    const { id, seq } = await studio.submit(['a', 'b', 'c']);
    const batch = await ended(id);
    const all = await studio.api.changes(id, seq, 100);
    expect(all?.skus.map(({ input }) => input.sku).sort()).toEqual(['a', 'b', 'c']);
    expect((await studio.api.changes(id, batch.seq, 100))?.skus).toEqual([]);
    expect(await studio.api.changes(id, seq, 2)).toBeNull();
  });

  test('is listed newest first, by tenant and by status', async () => {
    const first = await studio.submit(['a']);
    const second = await studio.submit(['b']);
    const page = await studio.api.batches({ limit: 1 });
    expect(page.items[0]?.id).toBe(second.id);
    const next = await studio.api.batches({ limit: 1, cursor: page.nextCursor ?? '' });
    expect(next.items[0]?.id).toBe(first.id);
    expect((await studio.api.batches({ limit: 5, tenant: 'other' })).items).toEqual([]);
    expect(await studio.api.batch(first.id, 'other')).toBeNull();
    await studio.api.cancel(first.id);
    expect((await studio.api.batches({ limit: 5, status: 'cancelled' })).items).toHaveLength(1);
  });
});

describe('controls', () => {
  test('cancel ends everything that has not ended, at once and for good', async () => {
    let onTheWire = 0;
    await studio.startWorker({
      call: async (job) => {
        if ((await job.quota.reserve(0)).verdict !== 'go') return { next: 'drop' };
        onTheWire += 1;
        if (!job.signal.aborted) {
          await new Promise((resolve) => job.signal.addEventListener('abort', resolve, { once: true }));
        }
        return { next: 'drop' };
      },
    });
    const { id } = await studio.submit(Array.from({ length: 40 }, (_, n) => `s${n}`));
    await eventually(async () => expect(onTheWire).toBeGreaterThan(0));
    await studio.api.cancel(id);
    const started = onTheWire;
    await studio.api.cancel(id);
    const batch = await studio.api.batch(id);
    expect(batch?.status).toBe('cancelled');
    expect(batch?.counts).toMatchObject({ total: 40, waiting: 0, active: 0, cancelled: 40 });
    await eventually(async () => {
      const { sku, ai } = await studio.api.queueCounts();
      const open = (counts: Record<string, number>) =>
        (counts.prioritized ?? 0) +
        (counts.wait ?? 0) +
        (counts.active ?? 0) +
        (counts['waiting-children'] ?? 0);
      expect(open(sku) + open(ai)).toBe(0);
    });
    expect(onTheWire).toBe(started);
    expect((await studio.api.batch(id))?.calls.made).toBe(started);
  });

  test('pause returns started SKUs to waiting; resume takes everything to its end', async () => {
    let isOpen = false;
    const worker = await studio.startWorker({
      call: async (job) => (isOpen ? callHandler(worker)(job) : { next: 'requeue', ms: 50 }),
    });
    const { id } = await studio.submit(['a', 'b', 'c', 'd']);
    await eventually(async () => expect((await studio.api.batch(id))?.counts.active).toBe(4));
    await studio.api.pause(id);
    const paused = await studio.api.batch(id);
    expect(paused?.status).toBe('paused');
    expect(paused?.counts).toMatchObject({ waiting: 4, active: 0 });
    isOpen = true;
    await studio.api.resume(id);
    await studio.api.resume(id);
    const batch = await ended(id);
    expect(batch.counts.completed).toBe(4);
    expect(batch.calls.made).toBe(4);
  });

  test('retry takes only the failed SKUs of the named reason', async () => {
    let isBroken = true;
    const worker = await studio.startWorker({
      call: async (job) =>
        isBroken && job.data.callKey !== keyFor('good')
          ? {
              next: 'fail',
              failure: job.data.callKey === keyFor('other') ? { ...REFUSED, code: 'INTERNAL' } : REFUSED,
            }
          : callHandler(worker)(job),
    });
    const { id } = await studio.submit(['good', 'bad', 'other']);
    expect((await ended(id)).counts).toMatchObject({ completed: 1, failed: 2 });
    isBroken = false;
    expect(await studio.api.retry(id, { reason: 'MODEL_REFUSED' })).toEqual({ retried: 1 });
    await eventually(async () => expect((await studio.api.batch(id))?.counts.completed).toBe(2));
    expect(await studio.api.retry(id, {})).toEqual({ retried: 1 });
    const batch = await ended(id);
    expect(batch.counts).toMatchObject({ completed: 3, failed: 0 });
    expect(sumOfStates(batch)).toBe(3);
  });

  test('delete refuses a running batch and forgets an ended one', async () => {
    const { id } = await studio.submit(['a']);
    await expect(studio.api.delete(id)).rejects.toBeInstanceOf(BatchBusy);
    await studio.api.cancel(id);
    await studio.api.delete(id);
    expect(await studio.api.batch(id)).toBeNull();
    expect((await studio.api.batches({ limit: 5 })).items).toEqual([]);
  });

  test('counts add up at every moment while a batch runs, pauses, resumes and is cancelled', async () => {
    await studio.startWorker({}, { callsPerMinute: 1200 });
    const { id } = await studio.submit(Array.from({ length: 50 }, (_, n) => `s${n}`));
    const verbs = ['pause', 'resume', 'pause', 'resume', 'cancel'] as const;
    for (const verb of verbs) {
      await studio.api[verb](id);
      for (let look = 0; look < 10; look += 1) {
        const batch = await studio.api.batch(id);
        expect(batch && sumOfStates(batch)).toBe(50);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    expect((await ended(id)).status).toBe('cancelled');
  });
});

describe('submission', () => {
  test('answers the same batch for the same Idempotency-Key, and refuses another body', async () => {
    const submission = {
      tenant: 'default',
      options: (await studio.submit(['x'])).options,
      skus: [{ sku: 'a', images: [{ url: 'http://supplier.test/a.jpg' }] }],
      idempotency: { key: 'k', bodySha256: 'ab' },
    };
    const answers = await Promise.all([1, 2, 3].map(() => studio.api.submit(submission)));
    expect(new Set(answers.map(({ batch }) => batch.id)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    await expect(
      studio.api.submit({ ...submission, idempotency: { key: 'k', bodySha256: 'cd' } }),
    ).rejects.toBeInstanceOf(IdempotencyConflict);
  });

  test('frees its Idempotency-Key when the batch is deleted', async () => {
    const submission = {
      tenant: 'default',
      options: (await studio.submit(['x'])).options,
      skus: [{ sku: 'a', images: [{ url: 'http://supplier.test/a.jpg' }] }],
      idempotency: { key: 'k', bodySha256: 'ab' },
    };
    const first = await studio.api.submit(submission);
    await studio.api.cancel(first.batch.id);
    await studio.api.delete(first.batch.id);
    const second = await studio.api.submit(submission);
    expect(second.created).toBe(true);
    expect(second.batch.id).not.toBe(first.batch.id);
  });

  test('that died before its jobs were added is resumed by whoever lives', async () => {
    const batch = await studio.submit(Array.from({ length: 250 }, (_, n) => `s${n}`));
    await eventually(async () => expect((await studio.api.queueCounts()).sku.prioritized).toBe(250));
    expect((await studio.api.batch(batch.id))?.counts.waiting).toBe(250);
  });
});

/** Back to the queue for a moment, without spending an attempt. */
const LATER = { next: 'requeue', ms: 20 } as const;

describe('money and quotas', () => {
  test('a batch pauses before it costs more than its budget, and goes on when that is raised', async () => {
    await studio.startWorker({});
    const { id } = await studio.submit(['a', 'b', 'c', 'd', 'e'], { budgetUsd: 2.5 * PRICE });
    const paused = await eventually(async () => {
      const batch = await studio.api.batch(id);
      expect(batch?.pausedFor).toBe('budget');
      expect(batch?.calls.made).toBe(2);
      return batch;
    });
    expect(paused?.status).toBe('paused');
    expect(paused?.costUsd).toBeCloseTo(2 * PRICE, 6);
    expect(paused?.counts.failed).toBe(0);
    await studio.api.setBudget(id, 100);
    const batch = await ended(id);
    expect(batch.counts.completed).toBe(5);
    expect(batch.calls.made).toBe(5);
  });

  test('no more calls are made in a day than allowed', async () => {
    await studio.startWorker({}, { callsPerDay: 3 });
    const { id } = await studio.submit(['a', 'b', 'c', 'd', 'e']);
    await eventually(async () => expect((await studio.api.quota()).pausedUntil).not.toBeNull());
    const batch = await studio.api.batch(id);
    expect(batch?.calls.made).toBe(3);
    expect(batch?.counts.failed).toBe(0);
    expect((await studio.api.quota()).callsToday).toBe(3);
  });

  test('no more is spent in ten minutes than allowed', async () => {
    await studio.startWorker({}, { spendPer10MinUsd: 4.5 * PRICE });
    const { id } = await studio.submit(['a', 'b', 'c', 'd', 'e', 'f']);
    await eventually(async () => expect((await studio.api.quota()).pausedUntil).not.toBeNull());
    const batch = await studio.api.batch(id);
    expect(batch?.calls.made).toBe(4);
    expect(batch?.counts.failed).toBe(0);
    expect((await studio.api.quota()).spentLast10MinUsd).toBeCloseTo(4 * PRICE, 6);
  });

  test('a model that is down is left alone after 13 faults, and no SKU fails for it', async () => {
    let calls = 0;
    await studio.startWorker({
      call: async (job) => {
        await job.quota.nextSlot();
        const start = await job.quota.reserve(PRICE);
        if (start.verdict !== 'go') return { next: start.verdict === 'stale' ? 'drop' : 'requeue' };
        calls += 1;
        const down = { outcome: 'server', costUsd: 0, latencyMs: 1, health: 'down', counted: true } as const;
        const { breakerOpen } = await job.quota.settle(down);
        if (breakerOpen) return { next: 'requeue', ms: 100 };
        return { next: 'retry', failure: { ...REFUSED, code: 'MODEL_UNAVAILABLE', retryable: true } };
      },
    });
    const { id } = await studio.submit(Array.from({ length: 40 }, (_, n) => `s${n}`));
    await eventually(async () => expect((await studio.api.quota()).breakerOpen).toBe(true));
    await new Promise((resolve) => setTimeout(resolve, 500));
    // Those that were on the wire when it opened, at most the 8 of this worker, come on top.
    expect(calls).toBeGreaterThanOrEqual(13);
    expect(calls).toBeLessThanOrEqual(13 + 8);
    expect((await studio.api.batch(id))?.counts.failed).toBe(0);
  });

  test('a probe of a model that is down may be cancelled without stopping the fleet', async () => {
    let isDown = true;
    let cancelled = 0;
    const worker = await studio.startWorker({
      call: async (job) => {
        const start = await job.quota.reserve(0);
        if (start.verdict !== 'go') return start.verdict === 'stale' ? { next: 'drop' } : LATER;
        const health = isDown ? 'down' : cancelled === 0 ? 'unknown' : 'up';
        if (health === 'unknown') cancelled += 1;
        await job.quota.settle({ outcome: 'x', costUsd: 0, latencyMs: 1, health, counted: true });
        if (health !== 'up') return LATER;
        await worker.ledger.record(job.data.callKey, anEntry('somebody'));
        return { next: 'done' };
      },
    });
    const { id } = await studio.submit(['a', 'b', 'c']);
    await eventually(async () => expect((await studio.api.quota()).breakerOpen).toBe(true));
    isDown = false;
    await eventually(
      async () => {
        await studio.endPauses();
        expect((await studio.api.batch(id))?.counts.completed).toBe(3);
      },
      { timeoutMs: 20_000, intervalMs: 300 },
    );
    expect(cancelled).toBe(1);
  });

  test('a changed rate is seen by every worker without a restart', async () => {
    await studio.startWorker({}, { callsPerMinute: 1 });
    expect((await studio.api.setQuota({ callsPerMinute: 3000 })).callsPerMinute).toBe(3000);
    expect((await ended((await studio.submit(['a', 'b', 'c'])).id)).counts.completed).toBe(3);
  });

  test('a long pause is never shortened by a later one', async () => {
    const worker = await studio.startWorker({});
    await worker.schedule.pause(60_000);
    await worker.schedule.pause(1000);
    const until = Date.parse((await studio.api.quota()).pausedUntil ?? '');
    expect(until - Date.now()).toBeGreaterThan(50_000);
  });
});
