import { describe, expect, test } from '@jest/globals';
import { DEFAULT_GEMINI_MODEL, geminiModel } from './gemini-models.ts';

describe('geminiModel', () => {
  test('knows the default model', () => {
    expect(geminiModel(DEFAULT_GEMINI_MODEL)).toMatchObject({ sendsImageSize: true, maxInputImages: 14 });
  });

  test.each(['a-model-nobody-described', '', 'constructor', 'toString', 'hasOwnProperty', '__proto__'])(
    'gives the most careful answer for the unknown name %j',
    (name) => {
      expect(geminiModel(name)).toMatchObject({
        maxInputImages: 3,
        imageSizes: ['1K'],
        sendsImageSize: false,
        aspectRatios: expect.arrayContaining(['1:1']),
      });
    },
  );
});
