import { describe, expect, test } from '@jest/globals';
import type { FinishSpec } from '../../finish-spec.ts';
import { compositionOf } from '../composition.ts';
import { drawCaptions } from './draw-captions.ts';

const [width, height] = [400, 400];
const frame = compositionOf({ data: Buffer.alloc(width * height * 3, 230), width, height, channels: 3 });
const withTitle = (title: string) =>
  ({
    kind: 'infographic',
    width,
    height,
    aiGenerated: true,
    captions: { title, points: ['Blue'], dimensions: '' },
  }) as unknown as FinishSpec;

describe('the text of an infographic', () => {
  test('is not written in boxes: a letter that no font has is for somebody to see', async () => {
    const laid = await drawCaptions(frame, withTitle('Mug \ue0f1'));
    expect(laid.frame).toBe(frame);
    expect(laid.checks).toMatchObject([
      { rule: 'captions', pass: false, measured: 'no font for \ue0f1 is installed' },
    ]);
  });

  test('goes without a pictograph that no font has, and says so', async () => {
    const laid = await drawCaptions(frame, withTitle('Mug \u{1fafe}'));
    const plain = await drawCaptions(frame, withTitle('Mug'));
    expect(Buffer.compare(laid.frame.data, plain.frame.data)).toBe(0);
    expect(laid.checks).toMatchObject([
      { rule: 'captions', pass: true, fix: expect.stringContaining('\u{1fafe}') },
    ]);
    expect(plain.checks).toEqual([expect.not.objectContaining({ fix: expect.anything() })]);
  });
});
