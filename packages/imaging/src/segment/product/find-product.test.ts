import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { segmentBackground } from '../background/segment-background.ts';
import { DOUBTS, firstDoubt } from '../doubt/doubts.ts';
import { segmentProduct } from '../passes.ts';

/** What was found of a drawing of 640 × 640, on its map of 400 × 400: 0 where the product is. */
async function found(drawing: string) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="640">
    <filter id="soft" x="-1" y="-1" width="3" height="3"><feGaussianBlur stdDeviation="9"/></filter>${drawing}</svg>`;
  const photo = await sharp(Buffer.from(svg)).flatten().jpeg({ quality: 90 }).toBuffer();
  const data = await sharp(photo).raw().toBuffer();
  const background = segmentBackground({ data, width: 640, height: 640, channels: 3 });
  if (!background) throw new Error('there is a background');
  const segmentation = segmentProduct(background, { shadow: 'remove' });
  const at = (x: number, y: number): number | undefined =>
    segmentation.mask[Math.round(y * 0.625) * 400 + Math.round(x * 0.625)];
  return { at, segmentation, doubt: firstDoubt(segmentation, DOUBTS) };
}

const BOX = '<rect x="90" y="150" width="300" height="320" fill="#151518"/>';

describe('beside a large dark product', () => {
  test.each([
    ['a pale knob', '<circle cx="500" cy="320" r="16" fill="#d6d6d6"/>'],
    [
      'a pale cable',
      '<path d="M450 200 q80 60 20 120 t60 120" stroke="#dcdcdc" stroke-width="7" fill="none"/>',
    ],
    ['a pale plug', '<rect x="480" y="300" width="46" height="30" rx="6" fill="#e2e2e0"/>'],
  ])('%s stays', async (_, part) => {
    const { segmentation, at, doubt } = await found(
      `<rect width="640" height="640" fill="#fff"/>${BOX}${part}`,
    );
    const right = segmentation.mask.filter((value, pixel) => value === 0 && pixel % 400 > 260).length;
    expect(right).toBeGreaterThan(150);
    expect(at(240, 300)).toBe(0);
    expect(doubt).toBeNull();
  });

  test('a soft stain of the background does not', async () => {
    const { segmentation } = await found(`<rect width="640" height="640" fill="#f4f4f4"/>
      <ellipse cx="520" cy="320" rx="40" ry="24" fill="#e0e0e0" filter="url(#soft)"/>${BOX}`);
    expect(segmentation.mask.filter((value, pixel) => value === 0 && pixel % 400 > 260)).toHaveLength(0);
  });
});

test('no crumbs of a rough cloth are left beside the product that lies on it', async () => {
  // Weave, the same every time: a cloth or a carpet from above.
  let seed = 7;
  const weave = Uint8Array.from({ length: 160 * 160 }, () => {
    seed = (seed * 48271) % 2147483647;
    return 96 + (seed % 60);
  });
  const cloth = await sharp(weave, { raw: { width: 160, height: 160, channels: 1 } })
    .resize(640, 640)
    .toColourspace('b-w')
    .png()
    .toBuffer();
  const { segmentation } =
    await found(`<image width="640" height="640" href="data:image/png;base64,${cloth.toString('base64')}"/>
    <rect x="60" y="90" width="7" height="6" fill="#101010"/><rect x="560" y="530" width="6" height="6" fill="#fff"/>
    <rect x="170" y="150" width="300" height="340" fill="#f2f3ec"/>`);
  const outside = segmentation.mask.filter((value, pixel) => {
    const [x, y] = [pixel % 400, Math.floor(pixel / 400)];
    return value === 0 && (x < 96 || x > 304 || y < 84 || y > 316);
  });
  expect(segmentation.tolerance).toBeGreaterThan(18);
  expect(outside).toHaveLength(0);
});
