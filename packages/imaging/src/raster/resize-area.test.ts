import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import type { Box, Raster } from './raster.ts';
import { enlargeRaster } from './resize-area.ts';

/** Soft waves, with hard edges. */
function picture(width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const x = pixel % width;
    const y = (pixel - x) / width;
    const base = x % 18 < 9 ? 200 : 60;
    for (let c = 0; c < 3; c++) data[pixel * 3 + c] = base + 30 * Math.sin(x / 5 + c) + 20 * Math.cos(y / 7);
  }
  return { data, width, height, channels: 3 };
}

/** Mean square of the steps between neighbours along the rows, over edges at every phase. */
function steepness(data: Uint8Array, width: number): number {
  let sum = 0;
  for (let row = 0; row < data.length; row += width * 3) {
    for (let i = row + 3; i < row + width * 3; i++) sum += ((data[i] ?? 0) - (data[i - 3] ?? 0)) ** 2;
  }
  return sum / data.length;
}

describe('an enlarged part of a picture', () => {
  test.each([1, 1.3, 1.7, 3])('at %f times keeps a slope straight and in its place', (scale) => {
    const slope = { data: new Uint8Array(100 * 4 * 3), width: 100, height: 4, channels: 3 as const };
    slope.data.forEach((_, i) => {
      slope.data[i] = 20 + 2 * (Math.floor(i / 3) % 100);
    });
    const area = { left: 10, top: 0, width: 80, height: 4 };
    const width = Math.round(area.width * scale);
    const out = enlargeRaster(slope, area, width, 4);
    for (let x = 5; x < width - 5; x++) {
      const place = ((x + 0.5) * area.width) / width - 0.5 + area.left;
      expect(Math.abs((out[x * 3] ?? 0) - (20 + 2 * place))).toBeLessThanOrEqual(0.52);
    }
  });

  test.each([1.3, 1.7, 3])('at %f times keeps edges as steep as libvips does', async (scale) => {
    const raster = picture(90, 70);
    const area = { left: 7, top: 5, width: 80, height: 60 };
    const [width, height] = [Math.round(area.width * scale), Math.round(area.height * scale)];
    const theirs = await sharp(raster.data, { raw: { width: 90, height: 70, channels: 3 } })
      .extract(area)
      .resize(width, height, { fit: 'fill' })
      .raw()
      .toBuffer();
    const ours = enlargeRaster(raster, area, width, height);
    expect(steepness(ours, width)).toBeGreaterThan(0.97 * steepness(theirs, width));
  });

  test('keeps an even colour to the level, also at its edges', () => {
    const even = { data: new Uint8Array(20 * 10 * 3).fill(251), width: 20, height: 10, channels: 3 as const };
    const out = enlargeRaster(even, { left: 0, top: 0, width: 20, height: 10 }, 47, 31);
    expect(out.every((value) => value === 251)).toBe(true);
  });

  test('never leaves the range of bytes beside hard edges', () => {
    const hard = picture(20, 20);
    hard.data.forEach((_, i) => {
      hard.data[i] = i % 60 < 30 ? 255 : 0;
    });
    const out = enlargeRaster(hard, { left: 0, top: 0, width: 20, height: 20 }, 61, 61);
    expect(out[0]).toBe(255);
    expect(out[60 * 3]).toBe(0);
  });

  test('enlarges a single pixel', () => {
    const out = enlargeRaster(picture(9, 9), { left: 4, top: 4, width: 1, height: 1 }, 3, 2);
    expect(new Set(out).size).toBeLessThanOrEqual(3);
  });

  test('is mixed from sixteen pixels by their weights, to the level, whatever was enlarged before', () => {
    const random = randomOf(5);
    for (let round = 0; round < 12; round++) {
      const [width, height] = [1 + random(30), 1 + random(30)];
      const noise = Uint8Array.from({ length: width * height * 3 }, () => random(256));
      const raster = { data: noise, width, height, channels: 3 as const };
      const [left, top] = [random(width), random(height)];
      const area = { left, top, width: 1 + random(width - left), height: 1 + random(height - top) };
      const to = { width: area.width + random(30), height: area.height + random(30) };
      const out = enlargeRaster(raster, area, to.width, to.height);
      const worst = out.reduce((most, value, i) => {
        const pixel = Math.floor(i / 3);
        const at = { x: pixel % to.width, y: Math.floor(pixel / to.width) };
        return Math.max(most, Math.abs(value - mixedAt(raster, area, to, at, i % 3)));
      }, 0);
      // Half a level for the rounding, and what is left of fractions between the passes.
      expect(worst).toBeLessThan(0.53);
    }
  });
});

/** The plain sum over the neighbours, bounded to bytes. */
function mixedAt(
  { data, width }: Raster,
  area: Box,
  to: { width: number; height: number },
  at: { x: number; y: number },
  channel: number,
): number {
  const u = ((at.x + 0.5) * area.width) / to.width - 0.5;
  const v = ((at.y + 0.5) * area.height) / to.height - 0.5;
  let sum = 0;
  for (let y = Math.floor(v) - 1; y <= Math.floor(v) + 2; y++) {
    for (let x = Math.floor(u) - 1; x <= Math.floor(u) + 2; x++) {
      const row = area.top + Math.min(area.height - 1, Math.max(0, y));
      const column = area.left + Math.min(area.width - 1, Math.max(0, x));
      sum += cubic(u - x) * cubic(v - y) * (data[(row * width + column) * 3 + channel] ?? Number.NaN);
    }
  }
  return Math.min(255, Math.max(0, sum));
}

function cubic(x: number): number {
  const d = Math.abs(x);
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
}

/** A whole number below `most`. */
function randomOf(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}
