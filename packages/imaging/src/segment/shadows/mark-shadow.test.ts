import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { segmentBackground } from '../background/segment-background.ts';
import { SHADOW, unsegmented } from '../segmentation.ts';
import { markShadow } from './mark-shadow.ts';

describe('a shadow', () => {
  test('does not end at the middle of a tilted product that throws it along its whole side', async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400">
      <filter id="soft" x="-1" y="-1" width="3" height="3"><feGaussianBlur stdDeviation="14"/></filter>
      <rect width="400" height="400" fill="#fff"/>
      <path d="M294 80 l50 38 -175 225 -50 -38z" fill="#6f6f6f" filter="url(#soft)"/>
      <path d="M262 56 l50 38 -175 237 -50 -38z" fill="#141416"/></svg>`;
    const { data } = await sharp(Buffer.from(svg)).flatten().raw().toBuffer({ resolveWithObject: true });
    const background = segmentBackground({ data, width: 400, height: 400, channels: 3 });
    if (!background) throw new Error('there is a background');
    const marked = markShadow(unsegmented(background));
    const shadowIn = (rows: number[]): number =>
      rows.reduce((sum, row) => {
        const pixels = marked.mask.subarray(row * 400, (row + 1) * 400);
        return sum + pixels.filter((value) => value === SHADOW).length;
      }, 0);
    const middle = 56 + (343 - 56) / 2;
    const below = shadowIn([10, 14, 18, 22].map((by) => Math.round(middle + by)));
    const above = shadowIn([10, 14, 18, 22].map((by) => Math.round(middle - by)));
    expect(below).toBeGreaterThan(20);
    expect(above).toBeGreaterThan(0.7 * below);
  });
});
