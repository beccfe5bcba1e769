import { expect, test } from '@jest/globals';
import { timeNeededMs, type WorkAtRelease } from './time-needed.ts';

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

test('others take turns beside it, and at most as many as it needs itself', () => {
  expect(secondsOf({ besides: 300 })).toBeCloseTo(92);
  expect(secondsOf({ besides: 100_000 })).toBeCloseTo(122);
  expect(secondsOf({ besides: 100_000, finishedPerMinute: { low: 200, high: 200 } })).toBeCloseTo(360);
});

test('a batch whose pictures are all listed needs the reserve alone', () => {
  expect(secondsOf({ pictures: 0, besides: 100 })).toBe(0);
});
