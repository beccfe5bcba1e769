import { Adjustment } from './adjustment.ts';

const CENTRE = 0.5;
const WHOLE = { left: 0, top: 0, right: 1, bottom: 1 };

/**
 * `then`, which was chosen looking at a picture that `first` had made, as one adjustment of the picture before: so that
 * however often a product is moved, its picture is resampled once. Kept within the bounds of an adjustment.
 */
export function combineAdjustments(first: Adjustment | undefined, then: Adjustment): Adjustment {
  const { scale, x, y, crop } = first ?? { scale: 1, x: 0, y: 0 };
  const before = (share: number, shift: number) => CENTRE + (share - CENTRE - shift) / scale;
  const [was, is] = [crop ?? WHOLE, then.crop ?? WHOLE];
  const left = Math.max(was.left, before(is.left, x));
  const top = Math.max(was.top, before(is.top, y));
  const box = {
    left,
    top,
    right: Math.max(left + LEAST, Math.min(was.right, before(is.right, x))),
    bottom: Math.max(top + LEAST, Math.min(was.bottom, before(is.bottom, y))),
  };
  return Adjustment.parse({
    scale: within(scale * then.scale, 0.2, 4),
    x: within(x * then.scale + then.x, -1, 1),
    y: within(y * then.scale + then.y, -1, 1),
    ...((crop || then.crop) && {
      crop: {
        left: within(box.left, 0, 1 - LEAST),
        top: within(box.top, 0, 1 - LEAST),
        right: within(box.right, LEAST, 1),
        bottom: within(box.bottom, LEAST, 1),
      },
    }),
  });
}

/** Shares are kept to a hundredth of a pixel of the largest pictures. */
const DIGITS = 1e6;
/** What is left of a picture when two crops do not meet. */
const LEAST = 0.001;

function within(value: number, least: number, most: number): number {
  return Math.round(Math.min(most, Math.max(least, value)) * DIGITS) / DIGITS;
}
