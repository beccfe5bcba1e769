import { type ImageRecord, type SkuRecord, StageError } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { keepPreviousImage } from './keep-previous-image.ts';
import type { StoredCall } from './paid-picture.ts';

const refused = new StageError('MODEL_REFUSED', 'blocked: SAFETY', { verdict: 'fail' });
const call = (round: number) => ({ slot: 'main', round }) as StoredCall;
const recordOf = (image: Partial<ImageRecord>): SkuRecord => ({
  stage: null,
  attempts: 1,
  timeline: [],
  images: [{ slot: 'main', checks: [], ...image } as unknown as ImageRecord],
  redo: { main: { round: 1, prompt: 'On marble.' } },
});

describe('keepPreviousImage', () => {
  test('keeps the picture, says why there is no newer one, and ends the round', () => {
    const record = recordOf({});
    expect(keepPreviousImage(record, call(1), refused)).toBe(true);
    expect(record.images[0]?.checks).toEqual([
      {
        rule: 'anotherTry',
        measured: 'MODEL_REFUSED: blocked: SAFETY',
        required: 'a new picture, which was asked for',
        pass: false,
      },
    ]);
    expect(record.redo?.main?.kept).toBe(true);
  });

  test('leaves alone what another attempt may still mend', () => {
    const away = new StageError('STORE_UNAVAILABLE', 'away', { verdict: 'retry' });
    expect(keepPreviousImage(recordOf({}), call(1), away)).toBe(false);
    expect(keepPreviousImage(recordOf({}), call(1), new Error('odd'))).toBe(false);
  });

  test('keeps neither a rejected picture nor one that is not there', () => {
    const rejected = recordOf({ review: { decision: 'rejected', at: '2026-01-01T00:00:00Z' } });
    expect(keepPreviousImage(rejected, call(1), refused)).toBe(false);
    expect(keepPreviousImage({ ...recordOf({}), images: [] }, call(1), refused)).toBe(false);
    expect(keepPreviousImage(recordOf({}), call(0), refused)).toBe(false);
  });
});
