import { dilate } from '../../kernels/dilate.ts';
import { type Background, isWhitish } from '../background/segment-background.ts';
import { connectedComponents } from '../mask/connected-components.ts';
import { partOfMask } from '../mask/part-of-mask.ts';
import { type Segmentation, withOwnMask } from '../segmentation.ts';
import { SHADOW } from './mark-shadow.ts';

/** Share of the product from which on something marked as shadow is worth the look; between legs shadows are even, too. */
const LEAST_SHARE = 0.1;
/** Map pixels from the region's outline in which it is mixed with what is beside it, and to which its rim reaches. */
const MIXED = 2;
const RIM = 6;
/** Map pixels that each part has to have, to say something. */
const LEAST_PART = 200;
/**
 * Difference from the ground beside the product and in the middle, as a multiple of that beside the lit ground: shadows
 * measured 1.25 to 2.3 in one of the two, white soles, cuffs and a dock 0.8 to 1.18 in both.
 */
const EVEN = 1.2;

/**
 * Gives back to the product what was marked as shadow on a whitish ground but is as dark at its rim as in its middle and beside
 * its product. Light that is kept off a ground comes back outward; a pale part of a product is even, and may be
 * entered where its outline is soft.
 */
export function restoreUniformRegions(before: Segmentation): Segmentation {
  const ground = withOwnMask(before);
  const { width, height, mask } = ground;
  if (!isWhitish(ground)) return before;
  const total = mask.reduce((sum, value) => (value === 0 ? sum + 1 : sum), 0);
  const large = connectedComponents(partOfMask(mask, SHADOW), width).filter(
    ({ length }) => length >= LEAST_SHARE * total && length >= 2 * LEAST_PART,
  );
  if (large.length === 0) return before;
  const product = partOfMask(mask, 0);
  const byProduct = dilate(product, width, height, MIXED);
  const rimOfProduct = dilate(product, width, height, RIM);
  const lit = partOfMask(mask, 1);
  const byGround = dilate(lit, width, height, MIXED);
  const rimOfGround = dilate(lit, width, height, RIM);
  for (const region of large) {
    const inner = region.filter((pixel) => byProduct[pixel] === 0 && rimOfProduct[pixel] === 1);
    const outer = region.filter((pixel) => byGround[pixel] === 0 && rimOfGround[pixel] === 1);
    const middle = region.filter((pixel) => rimOfProduct[pixel] === 0 && rimOfGround[pixel] === 0);
    if (Math.min(inner.length, outer.length, middle.length) < LEAST_PART) continue;
    const most = EVEN * medianOf(outer, ground);
    if (medianOf(inner, ground) > most || medianOf(middle, ground) > most) continue;
    for (const pixel of region) mask[pixel] = 0;
  }
  return ground;
}

function medianOf(pixels: Int32Array, { distance }: Background): number {
  const values = Uint8Array.from(pixels, (pixel) => distance[pixel]).sort();
  return values[values.length >> 1] ?? 0;
}
