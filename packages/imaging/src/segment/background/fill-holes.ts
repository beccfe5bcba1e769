import { dilate } from '../../kernels/dilate.ts';
import { connectedComponents } from '../mask/connected-components.ts';
import { withOwnMask } from '../segmentation.ts';
import type { Background } from './background.ts';
import { CLEAR, isClearlyBound, openPixels } from './flood-background.ts';

/** Least share of the picture that a hole covers; smaller ones are gaps in a pattern. */
const LEAST_SHARE = 0.0004;
/** Mean difference from the background, in levels and per channel, up to which an enclosed area shows the background. */
const SAME = 1.5;
/** Mean difference of a hole's pixels in levels, and as a share of the background's tolerance, up to which it is flat. */
const FLAT = 1.2;
const FLAT_SHARE = 0.5;
/** Ripples of the codec reach this far, in levels, into what an outline encloses; they are no outline of their own. */
const RIPPLES = 3.5;
/** A background this light is not told from white by anybody, and what looks like it may be a white label. */
const AS_GOOD_AS_WHITE = 250;
/**
 * Levels that what encloses a hole differs by from an even background, at least; a shade of a pale part fades instead. It may
 * lie behind what the codec smears.
 */
const LEAST_BOUND = 10;

/**
 * Seen through a ring or a handle, a background that is not white would stay as a patch. It is opened where the picture
 * is exactly the background's colour over a fair area and clearly enclosed by something else.
 */
export function fillHoles(before: Background): Background {
  const background = withOwnMask(before);
  const { width, height, mask, distance, tolerance } = background;
  let nearby: Uint8Array | undefined;
  const open = openPixels(distance, width, height, Math.max(RIPPLES, tolerance));
  const clear = Math.min(CLEAR, Math.max(LEAST_BOUND, 2 * tolerance));
  for (const hole of enclosedBackground(background, open)) {
    nearby ??= dilate(distance, width, height, Math.max(3, background.block));
    if (isClearlyBound(hole, open, nearby, width, clear)) for (const pixel of hole) mask[pixel] = 1;
  }
  return background;
}

/** Whether a fair area within the product looks just like the background: nobody knows if it is a hole or a pale part. */
export function hidesBackground(background: Background): boolean {
  const { width, height, distance, tolerance } = background;
  return (
    enclosedBackground(background, openPixels(distance, width, height, Math.max(RIPPLES, tolerance))).length >
    0
  );
}

function enclosedBackground(background: Background, open: Uint8Array): Int32Array[] {
  const { width, height, rgb, mask, colour } = background;
  const holes = new Uint8Array(open.length);
  for (let pixel = 0; pixel < open.length; pixel++) {
    if (open[pixel] === 1 && mask[pixel] === 0) holes[pixel] = 1;
  }
  return connectedComponents(holes, width).filter((hole) => {
    if (hole.length < LEAST_SHARE * width * height) return false;
    if (isUneven(hole, background)) return false;
    return hole.some((pixel) => isVisible(colour, pixel)) && !differs(hole, rgb, colour);
  });
}

/** A shade of a pale product crosses the background's colour; seen through a hole the background keeps to it. */
function isUneven(hole: Int32Array, { distance, tolerance }: Background): boolean {
  let sum = 0;
  for (const pixel of hole) sum += distance[pixel];
  return sum > Math.max(FLAT, FLAT_SHARE * tolerance) * hole.length;
}

function isVisible(colour: Uint8Array, pixel: number): boolean {
  return Math.min(...colour.subarray(pixel * 3, pixel * 3 + 3)) < AS_GOOD_AS_WHITE;
}

function differs(hole: Int32Array, rgb: Uint8Array, colour: Uint8Array): boolean {
  const sums = [0, 0, 0];
  for (const pixel of hole) {
    for (let c = 0; c < 3; c++) {
      sums[c] = sums[c] + rgb[pixel * 3 + c] - colour[pixel * 3 + c];
    }
  }
  return Math.max(...sums.map((sum) => Math.abs(sum / hole.length))) > SAME;
}
