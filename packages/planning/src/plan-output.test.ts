import { type BatchOptions, BatchOptions as Options, PROFILES, StageError } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { geminiTraits, LOCAL_TRAITS } from './model-traits.ts';
import { askFor, planOutput } from './plan-output.ts';

const options = (change: Partial<BatchOptions> = {}): BatchOptions => Options.parse(change);

describe('planOutput', () => {
  test.each(PROFILES.map((profile) => [profile.id, profile] as const))(
    'takes every number of the profile %s',
    (id, { width, height, format, quality, maxBytes, fill }) => {
      expect(planOutput(options({ profile: id }))).toEqual({
        width,
        height,
        format,
        quality,
        maxBytes,
        fill,
      });
    },
  );

  test('lets an explicit output replace the profile, which still says quality and fill', () => {
    const output = { width: 900, height: 1200, format: 'png' } as const;
    expect(planOutput(options({ profile: 'amazon', output }))).toEqual({
      ...output,
      quality: 90,
      maxBytes: 10_000_000,
      fill: { min: 0.85, target: 0.88, max: 0.95 },
    });
    expect(planOutput(options({ output: { ...output, quality: 40, maxBytes: 5000 } }))).toMatchObject({
      quality: 40,
      maxBytes: 5000,
    });
  });

  test('does not give an explicit output the byte limit of the profile it replaced', () => {
    const output = { width: 4000, height: 4000, format: 'png' } as const;
    expect(planOutput(options({ profile: 'web', output })).maxBytes).toBeUndefined();
  });

  test('takes a profile that the request brings along, and of web what it leaves out', () => {
    const own = {
      width: 750,
      height: 1000,
      format: 'jpeg',
      fill: { min: 0.6, target: 0.7, max: 0.8 },
    } as const;
    expect(planOutput(options({ profile: own }))).toEqual({ ...own, quality: 85, maxBytes: 2_000_000 });
  });

  test('says which profile is not known, once and for all', () => {
    const plan = () => planOutput(options({ profile: 'geocities' }));
    expect(plan).toThrow(StageError);
    expect(plan).toThrow('geocities');
  });
});

describe('askFor', () => {
  const gemini = geminiTraits();
  const capabilities = gemini.capabilities(gemini.defaultModel);

  test.each([
    [1000, 1000, '1:1'],
    [1600, 1590, '1:1'],
    [1920, 1080, '16:9'],
    [1080, 1920, '9:16'],
    [1200, 900, '4:3'],
    [900, 1200, '3:4'],
    [1080, 1350, '4:5'],
    [3000, 1000, '21:9'],
    [4000, 1000, '4:1'],
    [500, 4000, '1:8'],
  ])('asks for the ratio that is nearest to %i × %i', (width, height, ratio) => {
    expect(askFor({ width, height }, capabilities).aspectRatio).toBe(ratio);
  });

  test('never asks for a ratio that the model does not offer', () => {
    const { aspectRatio } = askFor({ width: 8000, height: 500 }, LOCAL_TRAITS.capabilities('any'));
    expect(aspectRatio).toBe('21:9');
  });

  test.each([
    [16, '1K'],
    [1024, '1K'],
    // 10 % of enlargement is not seen; the dearer size is.
    [1126, '1K'],
    [1127, '2K'],
    [2048, '2K'],
    [2252, '2K'],
    [2253, '4K'],
    [8192, '4K'],
  ])('asks for the cheapest size that makes %i pixels', (side, size) => {
    expect(askFor({ width: side, height: 100 }, capabilities).imageSize).toBe(size);
    expect(askFor({ width: 100, height: side }, capabilities).imageSize).toBe(size);
  });

  test('asks a model that only makes 1K for nothing larger', () => {
    const small = gemini.capabilities('gemini-3.1-flash-lite-image');
    expect(askFor({ width: 4000, height: 4000 }, small).imageSize).toBe('1K');
  });
});
