import { describe, expect, test } from '@jest/globals';
import { type Fleet, lognormalSeconds, simulate } from './simulate.ts';

const FLEET: Fleet = {
  workers: 1,
  aiConcurrency: 4,
  callSeconds: () => 6,
  callsPerMinute: 3000,
  cores: 2,
  cpuMsBefore: 10,
  cpuMsAfter: 10,
  pictures: 4000,
};

describe('the simulation of a fleet', () => {
  test('is held by places for calls: four of six seconds are forty a minute', () => {
    const { callsPerMinute, utilisation } = simulate(FLEET);
    expect(callsPerMinute).toBeCloseTo(40, 0);
    expect(utilisation.calls).toBeCloseTo(1, 2);
  });

  test('is held by the schedule, which aims at 0.985 of the quota', () => {
    const { quotaUse } = simulate({ ...FLEET, aiConcurrency: 64, callsPerMinute: 100 });
    expect(quotaUse).toBeCloseTo(0.985, 2);
  });

  test('is held by cores: two that need half a second a picture make 240 a minute', () => {
    const { callsPerMinute, utilisation } = simulate({
      ...FLEET,
      aiConcurrency: 1000,
      cpuMsBefore: 200,
      cpuMsAfter: 300,
    });
    expect(callsPerMinute).toBeGreaterThan(230);
    expect(callsPerMinute).toBeLessThan(250);
    expect(utilisation.cores).toBeGreaterThan(0.95);
  });

  test('a long call holds its own place only', () => {
    const calls = [60, 1, 1, 1, 1, 1, 1];
    const { seconds } = simulate({
      ...FLEET,
      aiConcurrency: 2,
      pictures: 7,
      callSeconds: (n) => calls[n] ?? 0,
    });
    expect(seconds).toBeCloseTo(60, 0);
  });

  test('takes a tenth longer in the mean than in the median, as providers do', () => {
    const secondsOf = lognormalSeconds(10);
    const times = Array.from({ length: 20_000 }, (_, n) => secondsOf(n)).sort((a, b) => a - b);
    expect(times[10_000]).toBeCloseTo(10, 0);
    expect(times.reduce((sum, time) => sum + time, 0) / times.length).toBeCloseTo(11.07, 0);
  });
});
