import { describe, expect, test } from '@jest/globals';
import { stepsOf } from '../segment/doubt/edge-steps.ts';
import { connectedComponents } from '../segment/mask/connected-components.ts';
import { contrastRange } from './contrast-range.ts';
import { dilate } from './dilate.ts';
import { maxChannelDifference } from './max-channel-difference.ts';
import { inverted, pixelsWhere } from './pixels-where.ts';

/** Narrower, and lower, than everything that a loop works on at a time; and neither. */
const SIZES = [
  [1, 1],
  [1, 9],
  [2, 5],
  [5, 2],
  [6, 6],
  [7, 8],
  [16, 16],
  [37, 23],
  [120, 31],
] as const;

describe.each(SIZES)('on a map of %d × %d pixels', (width, height) => {
  const rgb = bytes(3 * width * height, 1);
  const at = (x: number, y: number, channel: number) => rgb[3 * (y * width + x) + channel];

  test('distances are those of the channel that differs most', () => {
    const other = bytes(rgb.length, 2);
    const expected = Array.from({ length: width * height }, (_, pixel) =>
      Math.max(...[0, 1, 2].map((c) => Math.abs((rgb[3 * pixel + c] ?? 0) - (other[3 * pixel + c] ?? 0)))),
    );
    expect([...maxChannelDifference(rgb, other)]).toEqual(expected);
  });

  test('the range is that of the channel that varies most', () => {
    const ranges = [0, 1, 2].map((channel) => {
      const values = rgb.filter((_, i) => i % 3 === channel);
      return Math.max(...values) - Math.min(...values);
    });
    expect(contrastRange(rgb)).toBe(Math.max(...ranges));
  });

  test('pixels are found by the levels of several maps, which may be fractions', () => {
    const [one, other] = [bytes(width * height, 4), bytes(width * height, 5)];
    const expected = Array.from(one, (value, i) => (value <= 99.5 && (other[i] ?? 0) > 20 ? 1 : 0));
    expect([...pixelsWhere({ of: one, most: 99.5 }, { of: other, least: 20.5 })]).toEqual(expected);
    expect([...inverted(Uint8Array.from(expected))]).toEqual(expected.map((value) => 1 - value));
    expect([...pixelsWhere({ of: one, least: 255.5 })]).toEqual(Array.from(one, () => 0));
    expect([...pixelsWhere({ of: one, most: -1 })]).toEqual(Array.from(one, () => 0));
    expect([...pixelsWhere({ of: one, least: -3, most: 300 })]).toEqual(Array.from(one, () => 1));
  });

  test.each([0, 1, 3, 9])('the most within %d pixels is the largest value of the square', (reach) => {
    const values = bytes(width * height, 3);
    const expected = squares(values, reach);
    expect([...dilate(values, width, height, reach)]).toEqual(expected);
  });

  test('the most of each channel is that of the channel alone', () => {
    const most = dilate(rgb, width, height, 2, 3);
    for (const channel of [0, 1, 2]) {
      const alone = rgb.filter((_, i) => i % 3 === channel);
      expect([...most.filter((_, i) => i % 3 === channel)]).toEqual(squares(alone, 2));
    }
  });

  test('steps are those that no ramp three times as long explains', () => {
    const steps = stepsOf(rgb, width, height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) expect([x, y, steps[y * width + x]]).toEqual([x, y, stepAt(x, y)]);
    }
  });

  test.each([{ diagonally: false }, { diagonally: true }])('regions are what touches, %o', (how) => {
    for (let share = 1; share < 8; share++) {
      const map = bytes(width * height, share + 10).map((value) => (value < share * 32 ? 1 : 0));
      const regions = connectedComponents(map, width, how).map((region) => [...region]);
      expect(regions).toEqual(floods(map, how.diagonally));
    }
  });

  function stepAt(x: number, y: number): number {
    if (x < 1 || y < 1 || x > width - 2 || y > height - 2) return 0;
    const steps = [0, 1, 2].flatMap((c) => {
      const across = Math.abs(at(x + 1, y, c) - at(x - 1, y, c));
      const down = Math.abs(at(x, y + 1, c) - at(x, y - 1, c));
      const isWide = x >= 3 && x < width - 3;
      const isHigh = y >= 3 && y < height - 3;
      const farAcross = isWide ? Math.abs(at(x + 3, y, c) - at(x - 3, y, c)) : 0;
      const farDown = isHigh ? Math.abs(at(x, y + 3, c) - at(x, y - 3, c)) : 0;
      return [5 * farAcross < 9 * across ? across : 0, 5 * farDown < 9 * down ? down : 0];
    });
    return Math.max(...steps);
  }

  function squares(values: Uint8Array, reach: number): number[] {
    return Array.from(values, (_, pixel) => {
      let most = 0;
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++) {
        for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++) {
          most = Math.max(most, values[v * width + u]);
        }
      }
      return most;
    });
  }

  /** The same from pixel to pixel. */
  function floods(map: Uint8Array, diagonally: boolean): number[][] {
    const left = new Set([...map.keys()].filter((pixel) => map[pixel] === 1));
    const regions: number[][] = [];
    for (const first of left) {
      const region = [first];
      left.delete(first);
      for (const pixel of region) {
        const x = pixel % width;
        for (const [across, down] of diagonally ? AROUND : AROUND.slice(0, 4)) {
          const other = pixel + down * width + across;
          if (x + across < 0 || x + across >= width || !left.delete(other)) continue;
          region.push(other);
        }
      }
      regions.push(region.sort((a, b) => a - b));
    }
    return regions;
  }
});

/** Across and down; the last four at corners. */
const AROUND = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
  [-1, -1],
  [1, -1],
  [-1, 1],
  [1, 1],
] as const;

test('what an earlier, larger map left behind is not seen', () => {
  dilate(new Uint8Array(5000).fill(255), 100, 50, 4);
  expect([...dilate(Uint8Array.of(1, 0, 2, 0, 0, 3), 3, 2, 1)]).toEqual([1, 3, 3, 1, 3, 3]);
  expect(contrastRange(Uint8Array.of(9, 9, 9, 9, 9, 12))).toBe(3);
});

/** Bytes of all sizes, the same in every run. */
function bytes(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}
