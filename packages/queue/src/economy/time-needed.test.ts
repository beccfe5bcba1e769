import { describe, expect, test } from '@jest/globals';
import { type OpenBatch, timeNeededMs, turnsBeside, type WorkAtRelease } from './time-needed.ts';

const work: WorkAtRelease = {
  pictures: 600,
  again: 0,
  besides: 0,
  callsPerMinute: 600,
  callsAtOnce: 100,
  latencyMs: { p50: 1000, p90: 2000 },
  finishedPerMinute: null,
};
/** In seconds and with a reserve of ten, in terms of the time that the work itself takes. */
const secondsOf = (change: Partial<WorkAtRelease>) =>
  timeNeededMs({ ...work, ...change }, 10_000) / 1300 - 10;

test('a batch needs the time of the slowest of quota, calls at once and finishing', () => {
  expect(secondsOf({})).toBeCloseTo(62);
  expect(secondsOf({ callsAtOnce: 5 })).toBeCloseTo(122);
  expect(secondsOf({ finishedPerMinute: { low: 100, high: 400 } })).toBeCloseTo(180);
  expect(secondsOf({ finishedPerMinute: { low: 1000, high: 4000 } })).toBeCloseTo(62);
});

test('second calls take turns, too', () => {
  expect(secondsOf({ again: 0.5 })).toBeCloseTo(92);
});

test('turns of others come on top', () => {
  expect(secondsOf({ besides: 300 })).toBeCloseTo(92);
  expect(secondsOf({ besides: 600, finishedPerMinute: { low: 200, high: 200 } })).toBeCloseTo(360);
});

describe('turns beside a batch', () => {
  const one: OpenBatch = { id: 'a', pools: ['default'], pictures: 600, isPaused: false, parkedUntil: 1000 };
  const besides = (...others: Partial<OpenBatch>[]) =>
    turnsBeside(one, [one, ...others.map((other, n) => ({ ...one, id: `b${n}`, ...other }))]);

  test('are those of each batch that is due by then, and of each at most as many as its own', () => {
    expect(besides()).toBe(0);
    expect(besides({}, {}, {})).toBe(1800);
    expect(besides({ pictures: 100_000 }, { pictures: 10 })).toBe(610);
  });

  test('are those of batches that are released, or never were in the lane', () => {
    expect(besides({ parkedUntil: null })).toBe(600);
  });

  test('are none of batches that are parked for longer, paused, or use other calls', () => {
    expect(besides({ parkedUntil: 1001 }, { isPaused: true }, { pools: ['b'] })).toBe(0);
    expect(besides({ pools: ['b', 'default'] })).toBe(600);
  });
});

test('a batch whose pictures are all listed needs the reserve alone', () => {
  expect(secondsOf({ pictures: 0 })).toBe(0);
});
