import { BatchOptions, SkuJobData, SkuRecord } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { parseKnown, parseShown } from './parse-known.ts';

describe('what another version wrote', () => {
  test('is taken when everything in it is known, with the defaults that are missing', () => {
    expect(parseKnown(BatchOptions, { secondary: { count: 2 } })).toEqual({
      main: true,
      secondary: { count: 2 },
      profile: 'web',
      language: 'en',
    });
    const job = { v: 1, batchId: 'b1', index: 3, run: 1, step: { inputs: [] } };
    expect(parseKnown(SkuJobData, job)).toEqual(job);
  });

  test.each([
    ['a higher version', SkuJobData, { v: 2, batchId: 'b1', index: 3, run: 1 }],
    ['a new field', SkuJobData, { v: 1, batchId: 'b1', index: 3, run: 1, region: 'eu' }],
    [
      'a new field deep inside',
      SkuJobData,
      { v: 1, batchId: 'b1', index: 3, run: 1, step: { inputs: [], masks: [] } },
    ],
    ['a new option', BatchOptions, { watermark: true }],
    ['a new value of an option', BatchOptions, { language: 'fr' }],
    [
      'a new field in a list',
      SkuRecord,
      {
        stage: null,
        attempts: 1,
        images: [],
        timeline: [{ stage: 'finish', kind: 'main', at: '', ms: 1, attempt: 1, host: 'w1' }],
      },
    ],
    ['no object at all', SkuJobData, null],
  ])('is not understood with %s', (_what, schema, value) => {
    expect(parseKnown(schema, value)).toBeNull();
  });
});

describe('what a newer version wrote, to be shown', () => {
  test('leaves out what is not understood, at any depth', () => {
    const options = {
      watermark: true,
      language: 'fr',
      secondary: { count: 2, angle: 'left' },
      profile: 'etsy',
    };
    expect(parseShown(BatchOptions, options)).toEqual({
      main: true,
      secondary: { count: 2 },
      language: 'en',
      profile: 'etsy',
    });
  });

  test('rejects when too little is left', () => {
    expect(() => parseShown(SkuJobData, { v: 2 })).toThrow();
  });
});
