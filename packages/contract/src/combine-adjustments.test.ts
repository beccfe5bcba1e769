import { expect, test } from '@jest/globals';
import { Adjustment } from './adjustment.ts';
import { combineAdjustments } from './combine-adjustments.ts';

const STILL = { scale: 1, x: 0, y: 0 };

/** Where a point of the picture before comes to stand. */
const moved = (share: number, scale: number, shift: number) => 0.5 + (share - 0.5) * scale + shift;

test('an adjustment of a picture that nobody has adjusted is itself', () => {
  const crop = { left: 0.1, top: 0.2, right: 0.9, bottom: 0.8 };
  expect(combineAdjustments(undefined, { scale: 1.2, x: 0.1, y: -0.05, crop })).toEqual({
    ...{ scale: 1.2, x: 0.1, y: -0.05 },
    crop,
  });
});

test('two in a row bring every point where one after the other would', () => {
  const [first, then] = [
    { scale: 1.5, x: 0.1, y: -0.2 },
    { scale: 0.5, x: -0.3, y: 0.25 },
  ];
  const both = combineAdjustments(first, then);
  for (const share of [0, 0.3, 0.5, 1]) {
    expect(moved(share, both.scale, both.x)).toBeCloseTo(
      moved(moved(share, first.scale, first.x), then.scale, then.x),
      5,
    );
  }
});

test('a crop of an adjusted picture leaves what the first one left, and of that what one saw', () => {
  const first = { scale: 2, x: 0, y: 0, crop: { left: 0.3, top: 0, right: 1, bottom: 1 } };
  const { crop } = combineAdjustments(first, { ...STILL, crop: { left: 0, top: 0.5, right: 1, bottom: 1 } });
  expect(crop).toEqual({ left: 0.3, top: 0.5, right: 0.75, bottom: 0.75 });
});

test('whatever is combined stays an adjustment', () => {
  const far = { scale: 4, x: 1, y: -1, crop: { left: 0.9, top: 0.9, right: 1, bottom: 1 } };
  const other = { scale: 4, x: 1, y: -1, crop: { left: 0, top: 0, right: 0.1, bottom: 0.1 } };
  expect(Adjustment.safeParse(combineAdjustments(far, other)).success).toBe(true);
  const small = { scale: 0.2, x: 0, y: 0 };
  expect(combineAdjustments(small, small).scale).toBe(0.2);
});
