import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { segmentBackground } from '../background/segment-background.ts';
import { segmentProduct } from '../passes.ts';
import { DOUBTS, firstDoubt } from './doubts.ts';

/** A dark floor with grain, the same every time. */
async function floor(): Promise<string> {
  let seed = 7;
  const grain = Uint8Array.from({ length: 160 * 160 }, () => {
    seed = (seed * 48271) % 2147483647;
    return 24 + (seed % 44);
  });
  const raw = { width: 160, height: 160, channels: 1 } as const;
  const png = await sharp(grain, { raw }).resize(640, 640).toColourspace('b-w').png().toBuffer();
  return `<image width="640" height="640" href="data:image/png;base64,${png.toString('base64')}"/>`;
}

async function doubtOf(drawing: string): Promise<string | null> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="640">${await floor()}${drawing}</svg>`;
  const data = await sharp(Buffer.from(svg)).flatten().raw().toBuffer();
  const background = segmentBackground({ data, width: 640, height: 640, channels: 3 });
  if (!background) throw new Error('there is a background');
  return firstDoubt(segmentProduct(background, { shadow: 'remove' }), DOUBTS);
}

const SHIRT = '<path d="M200 110h240l90 90-50 60-40-30v310H200V230l-40 30-50-60z" fill="#e4e2dc"/>';
const stripes = (length: (row: number) => number): string =>
  Array.from({ length: 40 }, (_, row) => {
    const y = 118 + row * 10;
    return `<path d="M90 ${y}h${110 + length(row)}M550 ${y}h-${110 + length(row)}" stroke="#2c2c2c" stroke-width="6"/>`;
  }).join('');

describe('on an uneven floor', () => {
  test('a shirt whose stripes have the colour of the floor is cut out raggedly, which is said', async () => {
    expect(await doubtOf(SHIRT + stripes((row) => 40 + ((row * 37) % 90)))).toMatch(/ragged/);
  });

  test('a plain shirt is not', async () => {
    expect(await doubtOf(SHIRT)).toBeNull();
  });
});
