import type { SkuRecord } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { batchIdOfJob } from '../jobs/job-ids.ts';
import { AI_QUEUE, openQueue, SKU_QUEUE } from '../jobs/queues.ts';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import type { SkuJob, SkuOutcome } from '../skus/sku-job.ts';
import {
  aCall,
  aPictureOf,
  aRecord,
  callHandler,
  keyFor,
  PRICE,
  type QueueFixture,
  startQueueFixture,
} from '../testing/queue-fixture.ts';
import { randomFrom, seeds } from '../testing/random-from.ts';
import { BatchBusy } from './batch-busy.ts';

const BATCHES = 3;
const SKUS = 20;
const ACTORS = 3;
/** Controls of each actor, one after the other without a pause, and for how long at most. */
const CONTROLS = 40;
const PLAY_MS = 1500;
const BACKGROUND = { rule: 'background', measured: 240, required: '255' };

let studio: QueueFixture;
let redis: Redis;

beforeEach(async () => {
  studio = await startQueueFixture({ jobLockMs: 900 });
  redis = connectPatient(studio.redis.url);
});
afterEach(async () => {
  await disconnect(redis);
  await studio.close();
});

const COUNTS = ['waiting', 'active', 'completed', 'failed', 'cancelled', 'needsReview'] as const;
/** Characters of `<batch>:states` that each count stands for. */
const CHARACTERS = {
  waiting: /[qw]/g,
  active: /a/g,
  completed: /c/g,
  failed: /f/g,
  cancelled: /x/g,
  needsReview: /r/g,
};

test.each(seeds(12, process.env))(
  'controls of all kinds at once never lose a SKU, and leave nothing of a batch that is gone (seed %d)',
  playAndCheck,
  60_000,
);

async function playAndCheck(seed: number): Promise<void> {
  for (let n = 0; n < 2; n += 1) {
    const worker = await studio.startWorker({
      sku: pictureHandler((callKey) => worker.ledger.find(callKey)),
      call: (job) => callHandler(worker)(job),
    });
  }
  const batches: string[] = [];
  const gone: string[] = [];
  const submit = async () => {
    const skus = Array.from({ length: SKUS }, (_, n) => `${batches.length + gone.length}-${n}`);
    const concurrency = batches.length % 2 === 0 ? {} : { concurrency: 3 };
    batches.push((await studio.submit(skus, concurrency)).id);
  };
  for (let n = 0; n < BATCHES; n += 1) await submit();

  const poller = pollCounts(() => [...batches, ...gone]);
  const playUntil = performance.now() + PLAY_MS;
  const act = async (own: number) => {
    const { next: random, pick } = randomFrom(own);
    for (let n = 0; n < CONTROLS && performance.now() < playUntil; n += 1) {
      const id = pick(batches);
      const { api } = studio;
      const some = Array.from({ length: 5 }, () => Math.floor(random() * SKUS));
      const controls = {
        pause: () => api.pause(id),
        resume: () => api.resume(id),
        retry: () => api.retry(id, {}),
        budget: () => api.setBudget(id, pick([null, 0.01, PRICE * 10, 100])),
        review: () =>
          api.review(id, some, {
            decision: pick(['regenerate', 'reject', 'approve', 'undo']),
            planned: ['main'],
          }),
        progress: async () => {
          const before = await progressOf(id);
          await eventually(async () => expect(await progressOf(id)).not.toBe(before), {
            timeoutMs: 60,
          }).catch(() => {});
        },
        cancel: () => api.cancel(id),
        lose: async () => {
          const queue = openQueue(pick([SKU_QUEUE, AI_QUEUE]), redis, 'test');
          const jobs = await queue.getRanges(['prioritized', 'delayed', 'waiting-children'], 0, -1);
          // One that somebody works on refuses.
          if (jobs.length > 0) await queue.remove(pick(jobs)).catch(() => {});
        },
        delete: async () => {
          try {
            await api.delete(id);
          } catch (error) {
            if (!(error instanceof BatchBusy)) throw error;
            return;
          }
          if (!batches.includes(id)) return;
          batches.splice(batches.indexOf(id), 1);
          gone.push(id);
          await submit();
        },
      };
      // Cancelling ends a batch for most other controls, so it is rarer than they are.
      const often = [
        'pause',
        'resume',
        'resume',
        'retry',
        'review',
        'budget',
        'progress',
        'progress',
        'delete',
        'lose',
      ] as const;
      await controls[random() < 0.06 ? 'cancel' : pick(often)]();
    }
  };
  await Promise.all(Array.from({ length: ACTORS }, (_, n) => act(seed * ACTORS + n)));

  await Promise.all(batches.map(endsOrSaysWhyNot));
  const polls = await poller.close();
  expect(polls).toBeGreaterThan(0);

  await eventually(async () => {
    expect(await jobsOf(gone, [...UNFINISHED, 'completed', 'failed'])).toEqual([]);
    expect(await jobsOf([...batches, ...gone], UNFINISHED)).toEqual([]);
    expect(await mentionsOf(gone)).toEqual([]);
  });
}

/**
 * Every batch ends by itself, unless it is paused and says for what; then it ends when it may go on. No retry helps it: that
 * would begin a new run, and hide what the controls have left behind.
 */
async function endsOrSaysWhyNot(id: string): Promise<void> {
  await eventually(
    async () => {
      const batch = await studio.api.batch(id);
      if (batch?.status === 'paused') {
        expect(batch.pausedFor).toMatch(/^(operator|budget)$/);
        if (batch.pausedFor === 'budget') await studio.api.setBudget(id, null);
        else await studio.api.resume(id);
      }
      if (!batch?.finishedAt) throw new Error(`${id} does not end: ${JSON.stringify(batch)}`);
    },
    { timeoutMs: 30_000 },
  );
}

/** Reads the counts of all batches as fast as Redis answers, and compares them with the states they stand for. */
function pollCounts(ids: () => string[]): { close(): Promise<number> } {
  let isClosed = false;
  let polls = 0;
  const polling = (async () => {
    while (!isClosed) {
      for (const id of ids()) {
        const batch = `test:batch:${id}`;
        const [[, numbers], [, states]] = (await redis
          .multi()
          .hmget(batch, 'total', ...COUNTS)
          .get(`${batch}:states`)
          .exec()) as [[null, (string | null)[]], [null, string | null]];
        const [total, ...counts] = numbers.map(Number);
        if (numbers[0] === null || states === null) {
          // Gone as a whole or not at all.
          expect({ total: numbers[0], states }).toEqual({ total: null, states: null });
          continue;
        }
        expect({ id, sum: counts.reduce((sum, count) => sum + count, 0) }).toEqual({ id, sum: total });
        expect(counts).toEqual(COUNTS.map((name) => states.match(CHARACTERS[name])?.length ?? 0));
        polls += 1;
      }
    }
  })();
  polling.catch(() => {});
  return {
    async close() {
      isClosed = true;
      await polling;
      return polls;
    },
  };
}

const progressOf = (id: string) => redis.hget(`test:batch:${id}`, 'seq');

const UNFINISHED = ['prioritized', 'wait', 'delayed', 'active', 'waiting-children'] as const;

/** Jobs of these batches in both queues. */
async function jobsOf(
  ids: string[],
  states: readonly ((typeof UNFINISHED)[number] | 'completed' | 'failed')[],
): Promise<string[]> {
  const found: string[] = [];
  for (const name of [SKU_QUEUE, AI_QUEUE] as const) {
    const queue = openQueue(name, redis, 'test');
    for (const id of await queue.getRanges([...states], 0, -1)) {
      if (ids.includes(batchIdOfJob(id) ?? '')) found.push(`${name} ${id}`);
    }
  }
  return found;
}

/** Keys named after these batches, and sets of ours that hold their ids. */
async function mentionsOf(ids: string[]): Promise<string[]> {
  const keys = await redis.keys('*');
  const named = keys.filter((key) => ids.some((id) => key.includes(id)));
  for (const key of ['batches', 'batches:default', 'open', 'enqueueing', 'manifests']) {
    const members = await redis.zrange(`test:${key}`, '0', '-1');
    named.push(...members.filter((id) => ids.includes(id)).map((id) => `${id} in ${key}`));
  }
  const capped = await redis.smembers('test:capped');
  named.push(...capped.filter((id) => ids.includes(id)).map((id) => `${id} in capped`));
  return named;
}

/** One picture a SKU, made anew in each round; every seventh fails and every fifth is to be looked at. */
function pictureHandler(find: (callKey: string) => Promise<unknown>) {
  return async (job: SkuJob): Promise<SkuOutcome> => {
    const begun = await job.begin();
    if (!begun) return { next: 'drop' };
    const redo = begun.record?.redo;
    const round = redo?.main?.round ?? 0;
    const record: SkuRecord = { ...aRecord(), ...(redo && { redo }), images: begun.record?.images ?? [] };
    const callKey = keyFor(`${round} ${begun.input.sku}`);
    if (job.index % 7 === 0 && round === 0) {
      const failure = { code: 'MODEL_REFUSED', message: 'no', stage: 'generate', retryable: true } as const;
      await job.finish('failed', { ...record, failure });
      return { next: 'fail', failure };
    }
    if (!(await find(callKey))) {
      await job.note(record);
      return { next: 'waitForCalls', calls: [aCall(callKey)] };
    }
    const isGood = job.index % 5 !== 0;
    await job.finish(isGood ? 'completed' : 'needsReview', {
      ...record,
      images: [aPictureOf(round, { callKey, checks: [{ ...BACKGROUND, pass: isGood }] })],
    });
    return { next: 'done' };
  };
}
