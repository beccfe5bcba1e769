import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectPatient, disconnect } from '../redis/connect.ts';
import { type EconomyLane, HOUR_MS, names, openEconomyLane, soon } from '../testing/economy-lane.ts';
import type { ProviderFaults } from '../testing/parcel-provider.ts';
import { PRICE } from '../testing/queue-fixture.ts';
import type { EconomyTimes } from './economy-times.ts';
import { ParcelFault } from './parcel-work.ts';

let lane: EconomyLane;
let studio: EconomyLane['studio'];
let interactive: EconomyLane['interactive'];
let provider: EconomyLane['provider'];

async function open(times: Partial<EconomyTimes> = {}): Promise<void> {
  lane = await openEconomyLane(times);
  ({ studio, interactive, provider } = lane);
}
beforeEach(() => open());
afterEach(() => studio.close());

/** The same with other waits. */
async function startSooner(times: Partial<EconomyTimes>) {
  await studio.close();
  await open(times);
}

const startWorker: EconomyLane['startWorker'] = (...how) => lane.startWorker(...how);
const behave = (faults: Partial<ProviderFaults>) => lane.behave(faults);
const submit = (count: number, hours: number, options = {}) => lane.submit(count, hours, options);
const batchOf = (id: string) => lane.batchOf(id);
const hasEnded = (id: string, status?: string) => lane.hasEnded(id, status);
const paidTwice = () => lane.paidTwice();
const createdTwice = () => lane.createdTwice();
const messages = async () => (await studio.api.operatorMessages()).map(({ code }) => code);
const economyOf = async (id: string) => (await studio.api.summary(id)).economy;

describe('the economy lane', () => {
  test('makes the calls of a batch in parcels, at half price, and each once', async () => {
    await startWorker();
    const { id } = await submit(40, 400);
    await hasEnded(id);
    expect(provider.batches().length).toBeLessThan(10);
    expect([...provider.billed().values()]).toEqual(Array(40).fill(1));
    expect([interactive.size, paidTwice()]).toEqual([0, []]);
    const { calls, costUsd } = await batchOf(id);
    expect(calls).toEqual({ made: 40, failed: 0, reused: 0 });
    expect(costUsd).toBeCloseTo((40 * PRICE) / 2);
    expect(await economyOf(id)).toMatchObject({ parked: 0, atProvider: 0, back: 40, isReleased: false });
    await eventually(async () => {
      const redis = connectPatient(studio.redis.url);
      const left = await Promise.all([
        redis.zcard('test:parcels'),
        redis.hlen('test:parcelled'),
        redis.scard('test:economy'),
      ]);
      await disconnect(redis);
      expect(left.slice(0, 2)).toEqual([0, 0]);
    }, soon);
  });

  test('sends lines that failed again, and makes what failed twice by itself', async () => {
    behave({ isBad: (key, times) => (key.startsWith('7331') ? times <= 2 : times === 1 && key < '7335') });
    await startWorker();
    const { id } = await submit(30, 400);
    await hasEnded(id);
    expect(provider.batches().length).toBeGreaterThan(1);
    expect(paidTwice()).toEqual([]);
    expect(interactive.size).toBeGreaterThan(0);
    expect([...interactive.keys()].every((key) => key.startsWith('7331'))).toBe(true);
  });

  test('finds a batch again whose create was not answered, and creates no second one', async () => {
    behave({ lostCreates: 1 });
    await startWorker();
    const { id } = await submit(8, 200);
    await hasEnded(id);
    expect([createdTwice(), paidTwice(), interactive.size]).toEqual([0, [], 0]);
  });

  test('creates a batch that the provider does not have, after three looks', async () => {
    let creates = 0;
    let finds = 0;
    behave({
      at(step) {
        if (step === 'find') finds += 1;
        if (step === 'create' && ++creates === 1)
          throw new Error('the connection broke off before it was sent');
      },
    });
    await startWorker();
    const { id } = await submit(8, 200);
    await hasEnded(id);
    expect([createdTwice(), paidTwice(), interactive.size]).toEqual([0, [], 0]);
    expect(creates).toBe(provider.batches().length + 1);
    expect(finds).toBeGreaterThanOrEqual(3);
  });

  test('lets nobody buy what is at the provider: near the deadline it waits for the end of a stuck batch', async () => {
    behave({ takesMs: 3_600_000, cancelMs: 800 });
    await startWorker();
    const { id } = await submit(8, 4);
    await eventually(async () => expect(await economyOf(id)).toMatchObject({ atProvider: 8 }), soon);
    await eventually(async () => expect(await economyOf(id)).toMatchObject({ isReleased: true }), soon);
    await eventually(() => expect(provider.batches()[0]?.cancelAt).not.toBeNull(), soon);
    expect(interactive.size).toBe(0);
    await hasEnded(id);
    expect(new Set(provider.batches().map(({ state }) => state))).toEqual(new Set(['cancelled']));
    expect([interactive.size, paidTwice()]).toEqual([8, []]);
    expect((await batchOf(id)).costUsd).toBeCloseTo(8 * PRICE);
  });

  test('is released as long before the deadline as the processors need to finish its pictures', async () => {
    await studio.close();
    // 95 pictures a minute: 20 take 13 s.
    lane = await openEconomyLane({}, { cpus: 1, aiConcurrency: 8, cpuMsPerPicture: 400 });
    ({ studio, interactive, provider } = lane);
    behave({ takesMs: 3_600_000 });
    await startWorker();
    const deadlineMs = Date.now() + 20_000;
    const { id } = await submit(20, 20_000 / HOUR_MS);
    await eventually(async () => expect(await economyOf(id)).toMatchObject({ isReleased: true }), soon);
    expect(deadlineMs - Date.now()).toBeGreaterThan(8000);
    await hasEnded(id);
    expect([paidTwice(), createdTwice()]).toEqual([[], 0]);
  });

  test('pauses for a budget that half the price does not fit, having kept to it', async () => {
    await startWorker();
    const { id } = await submit(20, 400, { budgetUsd: (PRICE / 2) * 8 });
    await hasEnded(id, 'paused');
    await eventually(async () => expect((await batchOf(id)).costUsd).toBeCloseTo((PRICE / 2) * 8), soon);
    expect((await batchOf(id)).pausedFor).toBe('budget');
    await studio.api.setBudget(id, 10);
    await hasEnded(id);
    expect([paidTwice(), interactive.size]).toEqual([[], 0]);
    expect((await batchOf(id)).costUsd).toBeCloseTo((PRICE / 2) * 20);
  });

  test('says honestly that a cancel is only asked for, and counts what came all the same', async () => {
    behave({ takesMs: 4000, cancelMs: 3_600_000 });
    await startWorker();
    const { id } = await submit(8, 200);
    await eventually(async () => expect(await economyOf(id)).toMatchObject({ atProvider: 8 }), soon);
    await eventually(() => expect(provider.batches().flatMap(({ keys }) => keys).length).toBe(8), soon);
    await studio.api.cancel(id);
    expect(await economyOf(id)).toMatchObject({ atProvider: 8, cancelRequested: true });
    await expect(studio.api.delete(id)).rejects.toThrow(/provider/);
    await eventually(async () => expect(await economyOf(id)).toMatchObject({ atProvider: 0, back: 8 }), soon);
    expect(await batchOf(id)).toMatchObject({ status: 'cancelled', costUsd: (8 * PRICE) / 2 });
    await eventually(() => studio.api.delete(id), soon);
  });

  test('keeps what comes back while a batch is paused, and uses it afterwards', async () => {
    behave({ takesMs: 4000 });
    await startWorker();
    const { id } = await submit(8, 200);
    await eventually(() => expect(provider.batches().flatMap(({ keys }) => keys).length).toBe(8), soon);
    await studio.api.pause(id);
    await eventually(async () => expect(await economyOf(id)).toMatchObject({ back: 8 }), soon);
    await studio.api.resume(id);
    await hasEnded(id);
    expect([createdTwice(), paidTwice(), interactive.size]).toEqual([0, [], 0]);
  });

  test('is not waited for by an interactive batch of the same pictures while its calls are parked', async () => {
    await startSooner({ quietMs: 3_600_000 });
    await startWorker();
    const deadline = new Date(Date.now() + 86_400_000).toISOString();
    const { id } = await studio.submit(names(4), { lane: 'economy', deadline });
    await eventually(async () => expect(await economyOf(id)).toMatchObject({ parked: 4 }), soon);
    const other = await studio.submit(names(4));
    await hasEnded(other.id);
    expect(interactive.size).toBe(4);
  });

  test('takes an interactive batch of the same pictures along, without a second payment', async () => {
    behave({ takesMs: 3000 });
    await startWorker();
    const economy = await submit(5, 400);
    await eventually(() => expect(provider.batches().flatMap(({ keys }) => keys).length).toBe(5), soon);
    const other = await studio.submit(names(5));
    await Promise.all([hasEnded(economy.id), hasEnded(other.id)]);
    expect([paidTwice(), interactive.size]).toEqual([[], 0]);
  });

  test('asks an operator about a batch that cannot be found out, makes none of its calls, and goes on when it can', async () => {
    let isSilent = true;
    behave({
      lostCreates: 1,
      at(step) {
        if (step === 'find' && isSilent) throw new Error('503');
      },
    });
    await startWorker();
    const { id } = await submit(6, 400);
    await eventually(async () => expect(await messages()).toContain('PARCEL_UNSURE'), soon);
    expect(await economyOf(id)).toMatchObject({ atProvider: 6, back: 0 });
    isSilent = false;
    await hasEnded(id);
    expect([createdTwice(), paidTwice(), interactive.size]).toEqual([0, [], 0]);
    await eventually(async () => expect(await messages()).toEqual([]), soon);
  });

  test('gives a batch that cannot be found out up when it must have expired, and books it as paid', async () => {
    await startSooner({ gone: 3000 });
    let isAsked = false;
    behave({
      at(step) {
        if (step === 'create' && !isAsked) {
          isAsked = true;
          throw new Error('the connection broke off');
        }
        if (step === 'find') throw new Error('503');
      },
    });
    await startWorker();
    const { id } = await submit(4, 400);
    await hasEnded(id);
    expect([paidTwice(), [...provider.billed().values()]]).toEqual([[], Array(4).fill(1)]);
    const { calls, costUsd } = await batchOf(id);
    expect(calls).toEqual({ made: 8, failed: 4, reused: 0 });
    expect(costUsd).toBeCloseTo(4 * PRICE);
    expect(await messages()).toEqual([]);
  });

  test('tells an operator of a provider that refuses batches, and makes the calls one by one near the deadline', async () => {
    behave({
      at(step) {
        if (step === 'create') throw new ParcelFault('refused', 'this model makes no batches');
      },
    });
    await startWorker();
    const { id } = await submit(4, 3);
    await eventually(async () => expect(await messages()).toContain('PARCEL_REFUSED'), soon);
    await hasEnded(id);
    expect([provider.batches().length, interactive.size]).toEqual([0, 4]);
    expect(await batchOf(id)).toMatchObject({ calls: { made: 4, failed: 0 }, costUsd: 4 * PRICE });
  });

  test.each(['upload', 'read', 'store'])(
    'tells an operator of a provider that refuses at %s, as a wrong key, and goes on once it is mended',
    async (refused) => {
      let isWrong = true;
      behave({
        at(step) {
          if (step === refused && isWrong) throw new ParcelFault('refused', 'API key not valid');
        },
      });
      await startWorker();
      const { id } = await submit(4, 400);
      await eventually(async () => expect(await messages()).toContain('PARCEL_REFUSED'), soon);
      isWrong = false;
      await hasEnded(id);
      expect([createdTwice(), paidTwice(), interactive.size]).toEqual([0, [], 0]);
      await eventually(async () => expect(await messages()).toEqual([]), soon);
    },
  );

  test('makes what a batch that expired did not bring, and what is missing of another, in the next', async () => {
    behave({ outcomes: ['expired'], isMissing: (key, times) => times === 1 && key < '7333' });
    await startWorker();
    const { id } = await submit(6, 400);
    await hasEnded(id);
    expect(provider.batches().map(({ keys }) => keys.length)).toEqual([6, 6, 3]);
    expect([paidTwice(), provider.billed().size, interactive.size]).toEqual([[], 6, 0]);
    expect((await batchOf(id)).costUsd).toBeCloseTo((6 * PRICE) / 2);
  });

  test('puts 500 calls into a parcel at most, and keeps the rest together', async () => {
    await startWorker();
    const { id } = await submit(620, 1000);
    await hasEnded(id);
    const sizes = provider.batches().map(({ keys }) => keys.length);
    // Two are on their way at once.
    expect([Math.max(...sizes), sizes.reduce((sum, size) => sum + size, 0)]).toEqual([500, 620]);
    expect(sizes.length).toBeLessThanOrEqual(3);
    expect(paidTwice()).toEqual([]);
  });

  test('takes the other half of the price when it is released, and pauses where the budget does not bear it', async () => {
    behave({ takesMs: 3_600_000 });
    await startWorker();
    const { id } = await submit(8, 4, { budgetUsd: (PRICE / 2) * 8 });
    await eventually(async () => expect(await economyOf(id)).toMatchObject({ atProvider: 8 }), soon);
    await hasEnded(id, 'paused');
    await eventually(async () => expect(await economyOf(id)).toMatchObject({ atProvider: 0 }), soon);
    // While the end of the parcel is booked, call by call, what is left of it is still reserved.
    expect(interactive.size).toBeLessThanOrEqual(4);
    const { pausedFor, calls, costUsd } = await batchOf(id);
    expect([pausedFor, calls.failed, calls.made]).toEqual(['budget', 8, 8 + interactive.size]);
    expect(costUsd).toBeCloseTo(interactive.size * PRICE);
    await studio.api.setBudget(id, 8 * PRICE);
    await hasEnded(id);
    expect([interactive.size, paidTwice()]).toEqual([8, []]);
    expect((await batchOf(id)).costUsd).toBeCloseTo(8 * PRICE);
  });

  test('says until its release that it may last until the deadline, and has nothing parked while it is paused', async () => {
    await startSooner({ quietMs: 3_600_000 });
    await startWorker();
    const { id } = await submit(6, 400);
    await eventually(async () => expect(await economyOf(id)).toMatchObject({ parked: 6 }), soon);
    const left = (400 * HOUR_MS) / 1000;
    const { eta } = await batchOf(id);
    expect(eta?.highSeconds).toBeGreaterThan(left - 60);
    expect(eta?.highSeconds).toBeLessThanOrEqual(left);
    expect(eta?.lowSeconds).toBeLessThan(60);
    await studio.api.pause(id);
    expect(await economyOf(id)).toMatchObject({ parked: 0 });
    await studio.api.resume(id);
    await eventually(async () => expect(await economyOf(id)).toMatchObject({ parked: 6 }), soon);
  });

  test.each(['parked', 'upload', 'uploaded', 'create', 'lost', 'unsure', 'read', 'store'])(
    'a batch that is cancelled at %s pays for what was made, for nothing else, and can be deleted',
    async (state) => {
      let id = '';
      let isCancelled = false;
      const cancel = async () => {
        isCancelled = true;
        await studio.api.cancel(id);
      };
      behave({
        takesMs: state === 'store' ? 100 : 3_600_000,
        lostCreates: state === 'lost' || state === 'unsure' ? 1 : 0,
        async at(step) {
          if (isCancelled) return;
          if (step === 'find' && state === 'unsure') throw new Error('503');
          if (step === (state === 'lost' ? 'created' : state)) await cancel();
        },
      });
      if (state === 'parked') await startSooner({ quietMs: 3_600_000 });
      await startWorker();
      ({ id } = await submit(4, 400));
      if (state === 'parked') {
        await eventually(async () => expect(await economyOf(id)).toMatchObject({ parked: 4 }), soon);
        await cancel();
      }
      if (state === 'unsure') {
        await eventually(async () => expect(await messages()).toContain('PARCEL_UNSURE'), soon);
        await cancel();
      }
      await hasEnded(id, 'cancelled');
      await eventually(
        async () => expect(await economyOf(id)).toMatchObject({ parked: 0, atProvider: 0 }),
        soon,
      );
      const wasAsked = !['parked', 'upload', 'uploaded'].includes(state);
      expect(provider.batches().map((batch) => batch.state)).toEqual(
        wasAsked ? [state === 'store' ? 'succeeded' : 'cancelled'] : [],
      );
      expect([createdTwice(), paidTwice(), interactive.size]).toEqual([0, [], 0]);
      const { calls, costUsd } = await batchOf(id);
      expect(calls).toEqual({
        made: wasAsked ? 4 : 0,
        failed: wasAsked && state !== 'store' ? 4 : 0,
        reused: 0,
      });
      expect(costUsd).toBeCloseTo((provider.billed().size * PRICE) / 2);
      await eventually(() => studio.api.delete(id), soon);
    },
  );

  test('SKUs that have failed are tried again in the lane, and nothing that was made is made again', async () => {
    let isRefused = true;
    behave({ isBad: (key) => isRefused && key < '7332' });
    const worker = await startWorker((job) => isRefused && job.data.callKey < '7332');
    const { id } = await submit(6, 400);
    await hasEnded(id);
    expect((await batchOf(id)).counts).toMatchObject({ completed: 4, failed: 2 });
    isRefused = false;
    expect(await studio.api.retry(id, {})).toEqual({ retried: 2 });
    await eventually(async () => expect((await batchOf(id)).counts.completed).toBe(6), soon);
    expect([paidTwice(), interactive.size, provider.billed().size]).toEqual([[], 0, 6]);
    const { calls, costUsd } = await batchOf(id);
    expect(calls.made - calls.failed).toBe(6);
    expect(costUsd).toBeCloseTo((6 * PRICE) / 2);
    expect(worker.activeJobs()).toEqual({ skus: 0, calls: 0 });
  });

  test('two batches in the lane and one beside it have their photos prepared in turns', async () => {
    const begun = new Map<string, string>();
    const worker = await startWorker(undefined, ({ batchId, index }) => {
      begun.set(`${batchId} ${index}`, batchId);
      return sleep(30);
    });
    const deadline = new Date(Date.now() + 400 * HOUR_MS).toISOString();
    const many = (letter: string) => Array.from({ length: 60 }, (_, n) => `${letter}${n}`);
    const lane = { lane: 'economy', deadline } as const;
    const batches = [await studio.submit(many('a'), lane)];
    await eventually(() => expect(begun.size).toBeGreaterThan(8), soon);
    batches.push(await studio.submit(many('b'), lane), await studio.submit(many('c')));
    const last = batches.at(-1)?.id ?? '';
    await eventually(() => expect([...begun.values()]).toContain(last), soon);
    await Promise.all(batches.map(({ id }) => hasEnded(id)));
    const order = [...begun.values()];
    // The next 60 starts, while all three have SKUs that have not begun.
    const turns = order.slice(order.indexOf(last)).slice(0, 60);
    for (const { id } of batches) {
      expect(turns.filter((one) => one === id).length).toBeGreaterThanOrEqual(10);
    }
    expect([paidTwice(), createdTwice(), interactive.size]).toEqual([[], 0, 60]);
    expect(worker.activeJobs()).toEqual({ skus: 0, calls: 0 });
  });
});
