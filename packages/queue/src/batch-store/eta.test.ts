import type { HistoryBucket } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { fleetPace } from '../quota/fleet-pace.ts';
import { workersPace } from '../quota/workers-pace.ts';
import { randomFrom } from '../testing/random-from.ts';
import { type EtaInput, estimateEta } from './eta.ts';
import { seenPace } from './seen-pace.ts';

/** So many calls that have yet to start, none of them in doubt. */
function callsLeft(calls: number): EtaInput['work'] {
  return { calls: { low: calls, likely: calls, high: calls }, unfinished: 0 };
}

const input: EtaInput = {
  picturesLeft: 60,
  work: callsLeft(60),
  callsLeftElsewhere: 0,
  callsPerMinute: 60,
  latencyMs: { p50: 10_000, p90: 20_000 },
  fleetPerMinute: { low: 500, high: 1000 },
  seen: null,
};

function etaOf(change: Partial<EtaInput>): { lowSeconds: number; highSeconds: number } {
  const eta = estimateEta({ ...input, ...change });
  if (!eta) throw new Error('no estimate');
  return eta;
}

describe('the estimate of a batch that has not begun', () => {
  test('says nothing when nothing is left', () => {
    expect(estimateEta({ ...input, picturesLeft: 0, work: callsLeft(0) })).toBeNull();
  });

  test('is the work over the quota, plus one call and its surroundings', () => {
    // 60 s of quota + 10 s + 1 s; 60 × 1.05 / 0.95 = 66.3 s of quota + 20 s + 10 s.
    expect(etaOf({})).toEqual({ lowSeconds: 71, highSeconds: 96 });
  });

  test('is what the fleet can finish where that is slower than the quota', () => {
    const slow = etaOf({
      picturesLeft: 1000,
      work: callsLeft(1000),
      callsPerMinute: 6000,
      fleetPerMinute: { low: 40, high: 60 },
    });
    expect(slow.lowSeconds).toBe(1000 + 10 + 1);
    expect(slow.highSeconds).toBe(1500 + 20 + 10);
  });

  test('counts pictures that are paid for as work without calls', () => {
    const { lowSeconds, highSeconds } = etaOf({ work: callsLeft(0), fleetPerMinute: { low: 60, high: 60 } });
    expect({ lowSeconds, highSeconds }).toEqual({ lowSeconds: 61, highSeconds: 70 });
  });

  test('counts others only as far as fair share lets them in front', () => {
    const alone = etaOf({});
    const beside = etaOf({ callsLeftElsewhere: 30 });
    const crowded = etaOf({ callsLeftElsewhere: 60 });
    expect(beside.lowSeconds).toBe(alone.lowSeconds);
    expect(beside.highSeconds).toBeGreaterThan(alone.highSeconds);
    expect(crowded.highSeconds).toBeGreaterThan(beside.highSeconds);
    expect(etaOf({ callsLeftElsewhere: 100_000 })).toEqual(crowded);
  });

  test('stays a range in the right order before the first call was seen', () => {
    for (const calls of [1, 10, 10_000]) {
      const work = callsLeft(calls);
      const { lowSeconds, highSeconds } = etaOf({ picturesLeft: calls, work, latencyMs: null });
      expect(lowSeconds).toBeGreaterThan(0);
      expect(highSeconds).toBeGreaterThan(lowSeconds);
    }
  });

  test('holds the 20 minutes that 1,000 SKUs without a key take on two cores, before anything was seen', () => {
    const fleetPerMinute = workersPace(
      [1, 2].map(() => ({ host: 'one', capacity: { cpus: 2, aiConcurrency: 2, cpuMsPerPicture: null } })),
    );
    const { lowSeconds, highSeconds } = etaOf({
      picturesLeft: 1000,
      work: callsLeft(1000),
      callsPerMinute: 6000,
      fleetPerMinute,
    });
    expect(lowSeconds).toBeLessThan(20 * 60);
    expect(highSeconds).toBeGreaterThan(20 * 60);
  });
});

/** What happened in ten seconds from `at` on, in seconds. */
function bucket(at: number, what: Partial<HistoryBucket>): HistoryBucket {
  const nothing = { done: 0, failed: 0, images: 0, calls: 0, callsFailed: 0 };
  return { at: new Date(at * 1000).toISOString(), seconds: 10, ...nothing, ...what };
}

/** The same from ten seconds to ten seconds. */
function steadily(from: number, to: number, what: Partial<HistoryBucket>): HistoryBucket[] {
  return Array.from({ length: (to - from) / 10 }, (_, n) => bucket(from + n * 10, what));
}

/** A batch as it may go: calls start at random around a pace that itself goes up and down, in spells of two minutes. */
function replay(seed: number): { total: number; startedAt: number[] } {
  const { next: random } = randomFrom(seed);
  const total = 100 + Math.floor(random() * 900);
  const perSecond = 0.1 + random() * 3;
  const begins = 3 + random() * 30;
  const startedAt: number[] = [];
  let now = begins;
  while (startedAt.length < total) {
    const spell = perSecond * (0.7 + random() * 0.6);
    const end = now + 120;
    while (now < end && startedAt.length < total) {
      now += -Math.log(1 - random()) / spell;
      startedAt.push(now);
    }
  }
  return { total, startedAt };
}

describe('the estimate of a batch that runs', () => {
  test('holds the truth in nine of ten replays, at a tenth, half and nine tenths of the way', () => {
    const held = [0.1, 0.5, 0.9].map((share) => {
      let hits = 0;
      for (let seed = 0; seed < 200; seed += 1) {
        const { total, startedAt } = replay(seed);
        const done = Math.floor(total * share);
        const now = startedAt[done - 1] as number;
        const counts = new Map<number, number>();
        for (const at of startedAt.slice(0, done))
          counts.set(Math.floor(at / 10) * 10, (counts.get(Math.floor(at / 10) * 10) ?? 0) + 1);
        const history = [...counts].map(([at, calls]) => bucket(at, { calls }));
        const { lowSeconds, highSeconds } = etaOf({
          picturesLeft: total - done,
          work: callsLeft(total - done),
          callsPerMinute: 6000,
          seen: seenPace(history, now),
        });
        // The last call takes its time.
        const truth = (startedAt.at(-1) as number) - now + 10;
        if (lowSeconds <= truth && truth <= highSeconds) hits += 1;
      }
      return hits / 200;
    });
    process.stderr.write(`held at 10 %, 50 %, 90 % of the way: ${held.join(', ')}\n`);
    expect(Math.min(...held)).toBeGreaterThanOrEqual(0.9);
  });

  test('counts calls, so that a batch whose pictures are all asked for again is not told by its finished ones', () => {
    // 40 in ten seconds. All 400 first calls took 100 s; of the second ones 40 have started, and 400 pictures are left.
    const history = [...steadily(0, 100, { calls: 40, images: 40 }), bucket(100, { calls: 40 })];
    const eta = etaOf({ picturesLeft: 400, work: callsLeft(360), seen: seenPace(history, 110) });
    expect(eta.lowSeconds).toBeLessThan(90);
    expect(eta.highSeconds).toBeGreaterThan(90);
    expect(eta.highSeconds).toBeLessThan(2.1 * 90);
  });

  test('covers the pace of minutes and that of just now where a worker was added or a neighbour came', () => {
    const steady = steadily(0, 300, { calls: 20 });
    const work = callsLeft(600);
    const even = etaOf({ work, seen: seenPace(steady, 300) });
    const faster = etaOf({
      work,
      seen: seenPace([...steady.slice(0, 24), ...steadily(240, 300, { calls: 40 })], 300),
    });
    const slower = etaOf({
      work,
      seen: seenPace([...steady.slice(0, 24), ...steadily(240, 300, { calls: 10 })], 300),
    });
    expect(faster.lowSeconds).toBeLessThan(150);
    expect(faster.highSeconds).toBeGreaterThan(250);
    expect(slower.highSeconds).toBeGreaterThan(600);
    expect(slower.lowSeconds).toBeLessThan(even.highSeconds);
  });

  test('goes by finished pictures where they come back faster than they are finished', () => {
    const history = steadily(0, 100, { calls: 40, images: 10, done: 10 });
    const work = { ...callsLeft(100), unfinished: 300 };
    const eta = etaOf({ picturesLeft: 400, work, seen: seenPace(history, 100) });
    expect(eta.lowSeconds).toBeGreaterThan(200);
    expect(eta.lowSeconds).toBeLessThan(400);
    expect(eta.highSeconds).toBeGreaterThan(400);
  });

  test('goes by finished pictures where nearly all are paid for', () => {
    const seen = seenPace(steadily(0, 100, { images: 20, done: 20 }), 100);
    const eta = etaOf({ picturesLeft: 200, work: callsLeft(0), seen });
    expect(eta.lowSeconds).toBeGreaterThan(50);
    expect(eta.highSeconds).toBeGreaterThan(100);
  });

  test('forgets what was before a pause', () => {
    const history = [
      bucket(1000, { images: 50 }),
      bucket(1010, { images: 50 }),
      bucket(1400, { images: 4, calls: 3, callsFailed: 1, done: 2, failed: 1 }),
    ];
    const span = { pictures: 4, calls: 2, ended: 3, seconds: 20 };
    expect(seenPace(history, 1420)).toEqual({ overall: span, lately: span });
    expect(seenPace([bucket(1000, { images: 50 })], 2000)).toBeNull();
    expect(seenPace([], 2000)).toBeNull();
  });
});

describe('the pace of the fleet', () => {
  test('counts full minutes only', () => {
    expect(fleetPace({})).toBeNull();
    expect(fleetPace({ 60: '3', 120: '50', 180: '4' })).toBeNull();
    // A fifth slower than the slower one of 50 and 60, and a fifth faster than the faster one.
    const pace = fleetPace({ 60: '3', 120: '60', 180: '50', 240: '4', 600: '90' });
    expect(pace).toEqual({ low: expect.closeTo(41.7, 1), high: 72 });
  });

  test('is what the processors suffice for, once one has said what a picture takes', () => {
    const worker = { host: 'one', capacity: { cpus: 4, aiConcurrency: 32, cpuMsPerPicture: 400 } };
    expect(workersPace([worker, worker])).toEqual({ low: 240, high: 600 });
  });
});
