import { describe, expect, test } from '@jest/globals';
import { type Standing, type WorkLeft, workLeft } from './work-left.ts';

/** 400 pictures, of which 100 have ended and 20 are in flight, as none was asked for again. */
const standing: Standing = {
  pictures: 300,
  listed: 0,
  listedEver: 100,
  calls: 120,
  reused: 0,
  again: { ever: 0, open: 0 },
  seen: spanOf(20),
  latencyMs: { p50: 10_000 },
};

/** So many calls started in the last ten seconds. */
function spanOf(calls: number): Standing['seen'] {
  const span = { seconds: 10, calls, pictures: 0, ended: 0 };
  return { overall: span, lately: span };
}

function likelyOf(change: Partial<Standing>): number {
  return Math.round(workLeft({ ...standing, ...change }).calls.likely);
}

function inOrder({ calls: { low, likely, high } }: WorkLeft): boolean {
  return 0 <= low && low <= likely && likely <= high;
}

describe('the work that a batch has left', () => {
  test('is one call for each picture that has none yet', () => {
    const { calls, unfinished } = workLeft(standing);
    expect(calls.low).toBe(280);
    // A hundred pictures that were not asked for again say that few will be.
    expect(calls.likely).toBeCloseTo(281.4, 0);
    expect(calls.high).toBeLessThan(290);
    expect(unfinished).toBe(0);
  });

  test('is a second call for as many of the rest as were asked for again so far', () => {
    // Every picture that was listed waits for its second call: 280 first ones, their 300 second ones, and 100.
    const again = { ever: 100, open: 100 };
    const left = likelyOf({ pictures: 400, listed: 100, again });
    expect(left).toBeGreaterThan(640);
    expect(left).toBeLessThanOrEqual(680);
  });

  test('is half of the batch when every picture is listed and was asked for again', () => {
    const again = { ever: 400, open: 400 };
    expect(
      likelyOf({ pictures: 400, listed: 400, listedEver: 400, calls: 400, again, seen: spanOf(0) }),
    ).toBe(400);
    // 100 of them have been made: 20 are in flight.
    expect(
      likelyOf({
        pictures: 320,
        listed: 320,
        listedEver: 400,
        calls: 500,
        again: { ever: 400, open: 320 },
      }),
    ).toBe(300);
  });

  test('leaves out what is paid for', () => {
    expect(likelyOf({ calls: 120, reused: 60 })).toBe(likelyOf({}) / 2 + 0.5);
    expect(likelyOf({ reused: 120 })).toBe(0);
  });

  test('tells pictures that came back and wait to be finished from calls that are being made', () => {
    expect(workLeft({ ...standing, calls: 320 }).unfinished).toBe(200);
  });

  test('reckons what was asked for again from the calls where it is not counted', () => {
    // 50 more calls than pictures and calls in flight: every second picture.
    const left = likelyOf({ calls: 170, again: null });
    expect(left).toBeGreaterThan(280 * 1.4);
    expect(left).toBeLessThan(300 * 1.6);
  });

  test('is a range in the right order, whatever numbers come together', () => {
    for (const calls of [0, 1, 120, 5000])
      for (const listed of [0, 50, 600])
        for (const again of [null, { ever: 0, open: 0 }, { ever: 700, open: 300 }])
          expect(inOrder(workLeft({ ...standing, calls, listed, again }))).toBe(true);
  });

  test('holds the calls of a batch that has only begun to be its pictures and a few more', () => {
    const { calls } = workLeft({ ...standing, listedEver: 0, calls: 0, pictures: 400, seen: null });
    expect(calls.low).toBe(400);
    expect(calls.likely).toBe(440);
    expect(calls.high).toBeLessThan(540);
  });
});
