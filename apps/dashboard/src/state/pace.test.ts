import { describe, expect, test } from '@jest/globals';
import { addPaceSample, imagesPerMinute, type PaceSample, rememberedPace } from './pace.ts';

const images = (done: number) => ({ done, expected: 1000 });

describe('pace', () => {
  test('says nothing until it has watched for five seconds', () => {
    const samples = addPaceSample([], images(0), 0);
    expect(imagesPerMinute(samples, 4_000)).toBeNull();
    expect(imagesPerMinute(addPaceSample(samples, images(2), 6_000), 6_000)).toBe(20);
  });

  test('forgets what is older than a minute, and slows down when nothing comes', () => {
    let samples: readonly PaceSample[] = [];
    for (let second = 0; second <= 300; second += 1) {
      samples = addPaceSample(samples, images(Math.min(second, 200)), second * 1_000);
    }
    expect(samples.length).toBeLessThanOrEqual(62);
    expect(imagesPerMinute(samples, 300_000)).toBe(0);
  });
});

describe('rememberedPace', () => {
  const bucket = (secondsAgo: number, images: number) => ({
    at: new Date(NOW_MS - secondsAgo * 1_000).toISOString(),
    ...{ seconds: 10, done: images, failed: 0, images, calls: images, callsFailed: 0 },
  });
  const NOW_MS = Date.parse('2026-11-22T10:05:00.000Z');

  test('is what the last minute brought', () => {
    expect(rememberedPace([bucket(300, 900), bucket(60, 20), bucket(30, 10)], NOW_MS)).toBe(30);
  });

  test('of a batch that has only just begun is what it has brought so far', () => {
    expect(rememberedPace([bucket(15, 10)], NOW_MS)).toBe(40);
  });

  test('is unknown when nothing happened', () => {
    expect(rememberedPace([bucket(300, 900)], NOW_MS)).toBeNull();
  });
});
