import { describe, expect, test } from '@jest/globals';
import type { Raster } from '../raster/raster.ts';
import { moveFrame, paintedScale } from './paint-on-white.ts';

const STILL = { scale: 1, x: 0, y: 0 };

/** A black square of half the frame in its middle. */
function square(side: number): Raster {
  const data = new Uint8Array(side * side * 3).fill(255);
  for (let y = side / 4; y < (side * 3) / 4; y++)
    data.fill(0, (y * side + side / 4) * 3, (y * side + (side * 3) / 4) * 3);
  return { data, width: side, height: side, channels: 3 };
}

/** The box of what is darker than mid-grey, in pixels. */
function boxOf({ data, width, height }: Raster) {
  const box = { left: width, top: height, right: 0, bottom: 0 };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (data[(y * width + x) * 3] >= 128) continue;
      box.left = Math.min(box.left, x);
      box.top = Math.min(box.top, y);
      box.right = Math.max(box.right, x + 1);
      box.bottom = Math.max(box.bottom, y + 1);
    }
  return box;
}

describe('moving a painted frame', () => {
  test('by nothing leaves it as it is', async () => {
    const frame = square(200);
    expect((await moveFrame(frame, STILL, 200, 200)).data).toEqual(frame.data);
  });

  test.each([
    [
      'to the right and up',
      { ...STILL, x: 0.1, y: -0.2 },
      200,
      { left: 70, top: 10, right: 170, bottom: 110 },
    ],
    ['smaller', { ...STILL, scale: 0.5 }, 100, { left: 75, top: 75, right: 125, bottom: 125 }],
    ['larger, painted larger', { ...STILL, scale: 1.5 }, 300, { left: 25, top: 25, right: 175, bottom: 175 }],
    [
      'larger than it was painted',
      { ...STILL, scale: 1.6 },
      160,
      { left: 20, top: 20, right: 180, bottom: 180 },
    ],
    [
      'cropped, then larger',
      { ...STILL, scale: 1.5, crop: { left: 0.5, top: 0, right: 1, bottom: 1 } },
      300,
      { left: 100, top: 25, right: 175, bottom: 175 },
    ],
  ])('%s', async (_, adjustment, painted, box) => {
    const found = boxOf(await moveFrame(square(painted), adjustment, 200, 200));
    for (const side of ['left', 'top', 'right', 'bottom'] as const)
      expect(Math.abs(found[side] - box[side])).toBeLessThanOrEqual(1);
  });

  test('beyond its edge leaves the border white', async () => {
    const { data, width } = await moveFrame(square(200), { ...STILL, x: 0.3 }, 200, 200);
    const right = Array.from({ length: 200 }, (_, y) => data[(y * width + 199) * 3]);
    expect(new Set(right)).toEqual(new Set([255]));
  });

  test('out of sight leaves white', async () => {
    const gone = { ...STILL, x: 1, y: 1 };
    expect(Math.min(...(await moveFrame(square(200), gone, 200, 200)).data)).toBe(255);
  });
});

test('what is scaled up is painted larger, as far as memory goes', () => {
  expect(paintedScale({ ...STILL, scale: 0.4 }, 1600, 1600)).toBe(0.4);
  expect(paintedScale({ ...STILL, scale: 2 }, 1600, 1600)).toBe(2);
  expect(paintedScale({ ...STILL, scale: 4 }, 3000, 3000)).toBe(2);
});
