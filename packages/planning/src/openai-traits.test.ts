import { describe, expect, test } from '@jest/globals';
import { openaiSize, openaiTraits } from './openai-traits.ts';

const SIZES = ['1K', '2K', '4K'] as const;
const { aspectRatios } = openaiTraits({
  defaultModel: 'any',
  largest: '4K',
  maxInputImages: 16,
  usdPerPicture: 0,
}).capabilities('any');

describe('openaiSize', () => {
  test.each(aspectRatios.flatMap((ratio) => SIZES.map((size) => [ratio, size] as const)))(
    'asks for %s at %s in a size that the API takes',
    (aspectRatio, imageSize) => {
      const { width, height } = openaiSize(aspectRatio, imageSize);
      const [across = 0, down = 0] = aspectRatio.split(':').map(Number);
      expect(Math.abs(width / height / (across / down) - 1)).toBeLessThanOrEqual(0.02);
      expect([width % 16, height % 16]).toEqual([0, 0]);
      expect(Math.max(width, height)).toBeLessThanOrEqual(3840);
      expect(width * height).toBeLessThanOrEqual(8_294_400);
      expect(width * height).toBeGreaterThanOrEqual(655_360);
    },
  );

  test.each([
    ['1:1', '1K', 1024, 1024],
    ['1:1', '2K', 2048, 2048],
    ['1:1', '4K', 2880, 2880],
    ['9:16', '4K', 2160, 3840],
  ] as const)('asks for %s at %s as %d × %d', (ratio, size, width, height) => {
    expect(openaiSize(ratio, size)).toEqual({ width, height });
  });

  test.each(['4:1', '1:8', 'wide', ''])('refuses the ratio %j', (ratio) => {
    expect(() => openaiSize(ratio, '1K')).toThrow(RangeError);
  });
});

test('a server of one’s own costs nothing, and is not asked for more than it was trained for', () => {
  const traits = openaiTraits({
    defaultModel: 'Qwen/Qwen-Image-Edit-2511',
    largest: '1K',
    maxInputImages: 1,
    usdPerPicture: 0,
  });
  expect(traits.estimateUsd({ model: 'any', imageSize: '1K', inputs: [{}] })).toBe(0);
  expect(traits.capabilities('any').imageSizes).toEqual(['1K']);
});
