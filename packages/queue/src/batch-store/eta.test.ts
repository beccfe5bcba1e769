import { describe, expect, test } from '@jest/globals';
import { fleetPace } from '../quota/fleet-pace.ts';
import { workersPace } from '../quota/workers-pace.ts';
import { randomFrom } from '../testing/random-from.ts';
import { type EtaInput, estimateEta } from './eta.ts';
import { seenPace } from './seen-pace.ts';

const input: EtaInput = {
  picturesLeft: 60,
  callsLeft: 60,
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
    expect(estimateEta({ ...input, picturesLeft: 0, callsLeft: 0 })).toBeNull();
  });

  test('is the work over the quota, plus one call and its surroundings', () => {
    // 60 s of quota + 10 s + 1 s; 60 × 1.05 / 0.95 = 66.3 s of quota + 20 s + 10 s.
    expect(etaOf({})).toEqual({ lowSeconds: 71, highSeconds: 96 });
  });

  test('is what the fleet can finish where that is slower than the quota', () => {
    const slow = etaOf({
      picturesLeft: 1000,
      callsLeft: 1000,
      callsPerMinute: 6000,
      fleetPerMinute: { low: 40, high: 60 },
    });
    expect(slow.lowSeconds).toBe(1000 + 10 + 1);
    expect(slow.highSeconds).toBe(1500 + 20 + 10);
  });

  test('counts pictures that are paid for as work without calls', () => {
    const { lowSeconds, highSeconds } = etaOf({ callsLeft: 0, fleetPerMinute: { low: 60, high: 60 } });
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
    for (const callsLeft of [1, 10, 10_000]) {
      const { lowSeconds, highSeconds } = etaOf({ picturesLeft: callsLeft, callsLeft, latencyMs: null });
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
      callsLeft: 1000,
      callsPerMinute: 6000,
      fleetPerMinute,
    });
    expect(lowSeconds).toBeLessThan(20 * 60);
    expect(highSeconds).toBeGreaterThan(20 * 60);
  });
});

/** A batch as it may go: pictures come at random around a pace that itself goes up and down, in spells of two minutes. */
function replay(seed: number): { total: number; endedAt: number[] } {
  const { next: random } = randomFrom(seed);
  const total = 100 + Math.floor(random() * 900);
  const perSecond = 0.1 + random() * 3;
  const begins = 3 + random() * 30;
  const endedAt: number[] = [];
  let now = begins;
  while (endedAt.length < total) {
    const spell = perSecond * (0.7 + random() * 0.6);
    const end = now + 120;
    while (now < end && endedAt.length < total) {
      now += -Math.log(1 - random()) / spell;
      endedAt.push(now);
    }
  }
  return { total, endedAt };
}

describe('the estimate of a batch that runs', () => {
  test('holds the truth in nine of ten replays, at a tenth, half and nine tenths of the way', () => {
    const held = [0.1, 0.5, 0.9].map((share) => {
      let hits = 0;
      for (let seed = 0; seed < 200; seed += 1) {
        const { total, endedAt } = replay(seed);
        const done = Math.floor(total * share);
        const now = endedAt[done - 1] as number;
        const buckets = new Map<number, number>();
        for (const at of endedAt.slice(0, done))
          buckets.set(Math.floor(at / 10) * 10, (buckets.get(Math.floor(at / 10) * 10) ?? 0) + 1);
        const history = [...buckets].map(([at, images]) => ({
          at: new Date(at * 1000).toISOString(),
          seconds: 10,
          images,
        }));
        const left = total - done;
        const { lowSeconds, highSeconds } = etaOf({
          picturesLeft: left,
          callsLeft: left,
          callsPerMinute: 6000,
          seen: seenPace(history, now),
        });
        const truth = (endedAt.at(-1) as number) - now;
        if (lowSeconds <= truth && truth <= highSeconds) hits += 1;
      }
      return hits / 200;
    });
    process.stderr.write(`held at 10 %, 50 %, 90 % of the way: ${held.join(', ')}\n`);
    expect(Math.min(...held)).toBeGreaterThanOrEqual(0.9);
  });

  test('forgets what was before a pause', () => {
    const bucket = (seconds: number, images: number) => ({
      at: new Date(seconds * 1000).toISOString(),
      seconds: 10,
      images,
    });
    expect(seenPace([bucket(1000, 50), bucket(1010, 50), bucket(1400, 4)], 1420)).toEqual({
      pictures: 4,
      seconds: 20,
    });
    expect(seenPace([bucket(1000, 50)], 2000)).toBeNull();
    expect(seenPace([], 2000)).toBeNull();
  });
});

describe('the pace of the fleet', () => {
  test('counts full minutes only', () => {
    expect(fleetPace({})).toBeNull();
    expect(fleetPace({ 60: '3', 120: '50', 180: '4' })).toBeNull();
    expect(fleetPace({ 60: '3', 120: '50', 180: '60', 240: '4', 600: '90' })).toEqual({ low: 50, high: 60 });
  });

  test('is what the processors suffice for, once one has said what a picture takes', () => {
    const worker = { host: 'one', capacity: { cpus: 4, aiConcurrency: 32, cpuMsPerPicture: 400 } };
    expect(workersPace([worker, worker])).toEqual({ low: 240, high: 600 });
  });
});
