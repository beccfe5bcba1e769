import { describe, expect, test } from '@jest/globals';
import { addPaceSample, imagesPerMinute, type PaceSample, picturesOf } from './pace.ts';

const calls = (made: number) => ({ made, reused: 0, failed: 0 });

describe('pace', () => {
  test('counts pictures, paid for now or before, and no failures', () => {
    expect(picturesOf({ made: 10, failed: 2, reused: 3 })).toBe(11);
  });

  test('says nothing until it has watched for five seconds', () => {
    const samples = addPaceSample([], calls(0), 0);
    expect(imagesPerMinute(samples, 4_000)).toBeNull();
    expect(imagesPerMinute(addPaceSample(samples, calls(2), 6_000), 6_000)).toBe(20);
  });

  test('forgets what is older than a minute, and slows down when nothing comes', () => {
    let samples: readonly PaceSample[] = [];
    for (let second = 0; second <= 300; second += 1) {
      samples = addPaceSample(samples, calls(Math.min(second, 200)), second * 1_000);
    }
    expect(samples.length).toBeLessThanOrEqual(62);
    expect(imagesPerMinute(samples, 300_000)).toBe(0);
  });
});
