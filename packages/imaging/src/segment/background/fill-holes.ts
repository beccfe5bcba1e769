import { dilate } from '../../kernels/dilate.ts';
import { pixelsWhere } from '../../kernels/pixels-where.ts';
import { connectedComponents } from '../mask/connected-components.ts';
import { withOwnMask } from '../segmentation.ts';
import type { Background } from './background.ts';

/** What a hole is. Measured on enclosed regions of the background's colour in 328 photos with a known cut-out. */
const THRESHOLDS = {
  /** Share of the picture that a hole covers at least; smaller ones are gaps in a pattern. Of those that keep to the colour as below 11 of 12 smaller ones were pieces of products, 76 of 77 larger ones holes. */
  leastShare: 0.0004,
  /** Levels, of the mean over a hole and in each channel, by which it differs from the background's colour at most: a label nearly as white as its background measures more. Holes measured 0.03 to 2.4, half of them up to 0.3; pieces of products 0.06 to 25, half of them from 15. */
  same: 1.5,
  /** Share of the background's tolerance by which a hole's pixels differ on average at most: a shade of a pale part crosses the colour, a hole keeps to it. 19 of 20 holes measured 0.06 to 0.51, 19 of 20 pieces of products 0.51 to 0.97. */
  flat: 0.5,
  /** Level of the background's darkest channel from which on nobody tells it from white, and a hole need not be opened. At 125, holes on off-white stay and 16 cuts are sure but wrong instead of 3. */
  asGoodAsWhite: 250,
  /** Levels by which what encloses a hole differs from the background: twice its tolerance, but at most so many. Shades of pale parts fade instead. All but the faintest fifth of what encloses holes measured 28 and more, pieces of products 7 and more. */
  mostBound: 25,
  /** Share of a hole's outline that differs so: between legs, in a chain, the rest is shadow. Holes measured 1, pieces of products 0.55 and more. */
  boundShare: 0.8,
  /** Levels above the tolerance up to which a lone pixel among open ones is noise, and how many of its 3 × 3 are open then. Half and twice of the levels change none of 130 photos, half and twice of the pixels 11 each. */
  noise: { levels: 6, open: 7 },
};

/**
 * Seen through a ring or a handle, a background that is not white would stay as a patch. It is opened where the picture
 * is exactly the background's colour over a fair area and clearly enclosed by something else.
 */
export function fillHoles(before: Background): Background {
  const { width, height, distance, tolerance } = before;
  const open = openPixels(distance, width, height, tolerance);
  const holes = enclosedBackground(before, open);
  if (holes.length === 0) return before;
  const background = withOwnMask(before);
  const clear = Math.min(THRESHOLDS.mostBound, 2 * tolerance);
  const nearby = dilate(distance, width, height, Math.max(3, background.block));
  for (const hole of holes) {
    if (isClearlyBound(hole, open, nearby, width, clear))
      for (const pixel of hole) background.mask[pixel] = 1;
  }
  return background;
}

/** Whether a fair area within the product looks just like the background: nobody knows if it is a hole or a pale part. */
export function hidesBackground(background: Background): boolean {
  const { width, height, distance, tolerance } = background;
  return enclosedBackground(background, openPixels(distance, width, height, tolerance)).length > 0;
}

function enclosedBackground(background: Background, open: Uint8Array): Int32Array[] {
  const { width, height, rgb, mask, colour } = background;
  const holes = pixelsWhere({ of: open, least: 1 }, { of: mask, most: 0 });
  return connectedComponents(holes, width).filter((hole) => {
    if (hole.length < THRESHOLDS.leastShare * width * height) return false;
    if (isUneven(hole, background)) return false;
    return hole.some((pixel) => isVisible(colour, pixel)) && !differs(hole, rgb, colour);
  });
}

/** A shade of a pale product crosses the background's colour; seen through a hole the background keeps to it. */
function isUneven(hole: Int32Array, { distance, tolerance }: Background): boolean {
  let sum = 0;
  for (const pixel of hole) sum += distance[pixel];
  return sum > THRESHOLDS.flat * tolerance * hole.length;
}

function isVisible(colour: Uint8Array, pixel: number): boolean {
  return Math.min(...colour.subarray(pixel * 3, pixel * 3 + 3)) < THRESHOLDS.asGoodAsWhite;
}

function differs(hole: Int32Array, rgb: Uint8Array, colour: Uint8Array): boolean {
  const sums = [0, 0, 0];
  for (const pixel of hole) {
    for (let c = 0; c < 3; c++) {
      sums[c] = sums[c] + rgb[pixel * 3 + c] - colour[pixel * 3 + c];
    }
  }
  return Math.max(...sums.map((sum) => Math.abs(sum / hole.length))) > THRESHOLDS.same;
}

/** Whether what encloses a region of open pixels differs clearly from the background nearly everywhere. */
function isClearlyBound(
  region: Int32Array,
  open: Uint8Array,
  nearby: Uint8Array,
  width: number,
  least: number,
): boolean {
  let bound = 0;
  let clear = 0;
  const ways = [-1, 1, -width, width];
  for (const pixel of region) {
    for (const way of ways) {
      if (open[pixel + way] !== 0) continue;
      bound++;
      if (nearby[pixel + way] >= least) clear++;
    }
  }
  return clear >= THRESHOLDS.boundShare * bound;
}

/** 1 where the picture keeps to the background's colour. A lone pixel that does not is noise and stops nobody. */
function openPixels(distance: Uint8Array, width: number, height: number, tolerance: number): Uint8Array {
  const open = pixelsWhere({ of: distance, most: tolerance });
  const { levels, open: enough } = THRESHOLDS.noise;
  const noisy = pixelsWhere({ of: distance, most: tolerance + levels }, { of: open, most: 0 });
  for (let pixel = noisy.indexOf(1, width); pixel >= 0; pixel = noisy.indexOf(1, pixel + 1)) {
    if (pixel >= width * (height - 1)) break;
    if (pixel % width === 0 || pixel % width === width - 1) continue;
    let around = 0;
    for (let row = pixel - width; row <= pixel + width; row += width) {
      around += open[row - 1] + open[row] + open[row + 1];
    }
    if (around >= enough) open[pixel] = 1;
  }
  return open;
}
