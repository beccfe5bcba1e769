import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import type { Raster } from '../raster/raster.ts';
import { resizeToSquare } from './resize-to-square.ts';

test.each([
  { width: 96, height: 96, area: { left: 0, top: 0, width: 96, height: 96 } },
  { width: 96, height: 61, area: { left: 0, top: 0, width: 96, height: 61 } },
  { width: 96, height: 61, area: { left: 18, top: 0, width: 61, height: 61 } },
])('a square of $area.width × $area.height pixels is what libvips makes of them', async (given) => {
  const { width, height, area } = given;
  const { data } = await sharp({
    create: {
      width,
      height,
      channels: 3,
      background: '#777',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
    .blur(1)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const picture: Raster = { data, width, height, channels: 3 };
  const expected = await sharp(data, { raw: { width, height, channels: 3 } })
    .extract(area)
    .resize(48, 48, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  const square = resizeToSquare(picture, area, 48);
  const apart = [...square].map((level, i) => Math.abs(level - expected[i]));
  expect(square).toHaveLength(expected.length);
  expect(apart.reduce((sum, one) => sum + one, 0) / apart.length).toBeLessThan(1);
});

test('what is smaller is enlarged in its place, where libvips moves it by half a pixel', () => {
  const side = 24;
  const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => 10 * (Math.floor(i / 3) % side));
  const picture: Raster = { data, width: side, height: side, channels: 3 };
  const square = resizeToSquare(picture, { left: 0, top: 0, width: side, height: side }, 48);
  // Two pixels of the square are one of the ramp's, whose centre lies between them.
  expect([...square.subarray(3 * 20, 3 * 24)].filter((_, i) => i % 3 === 0)).toEqual([98, 103, 108, 113]);
});
