import { whitenessOf } from '../background/segment-background.ts';
import type { Segmentation } from '../segmentation.ts';
import type { Product } from './find-product.ts';

/** What a product's meeting with the picture's edges means. */
const THRESHOLDS = {
  /** Level of the darkest channel from which on a background is a studio's, or a cut-out's; hardly anybody photographs a shelf or a floor in front of it. At half of it, a product across a light grey background counts as cut out; above 255, tight packshots on white count as scenes (tight-crop.test.ts). */
  white: 250,
  /** Share of both opposite sides that something takes which goes on beyond the picture. Tight crops measured at most 0.25 at one of the two: a hood and a hem, corners of a tablet. */
  goesOn: 0.3,
  /** Of the map's longer side, inward from the edge, where the product is looked at a second time. Halved, a round end that touches the edge counts as cut off (tight-crop.test.ts); doubled, a close-up of a shoe is cut off at one side instead of two. */
  depth: 0.01,
  /** A round end that touches the edge is this much wider a little inward. Of 40 photos whose product touches an edge, ties, shoes, shafts and legs that go on beyond it measured 0.95 to 1.45, tight crops of jackets, tablets and glasses 1.6 to 15. */
  wider: 1.5,
};

type Side = Product['touches'][number];

/**
 * Whether a "product" runs from one edge of a photo to the opposite one and is a shelf, a floor or the joints of a table,
 * not something on white that was cropped as tightly as possible.
 */
export function fillsTheFrame(segmentation: Segmentation, { touches }: Product): boolean {
  const isWhite = whitenessOf(segmentation) >= THRESHOLDS.white;
  const goesOn = (side: Side): boolean => {
    const { taken, length } = edgeCoverage(segmentation, side);
    return !isWhite || taken / length > THRESHOLDS.goesOn;
  };
  const spans = (...sides: Side[]): boolean => sides.every((side) => touches.includes(side) && goesOn(side));
  return spans('left', 'right') || spans('top', 'bottom');
}

/**
 * Sides of a picture beyond which the product goes on: it reaches the edge as wide as it is a little inward. A box that was
 * cropped exactly at its own flat end looks the same.
 */
export function cutOffSides(segmentation: Segmentation, { touches }: Product): Product['touches'] {
  const depth = Math.max(2, Math.round(THRESHOLDS.depth * Math.max(segmentation.width, segmentation.height)));
  return touches.filter((side) => {
    const { taken: atEdge } = edgeCoverage(segmentation, side);
    return edgeCoverage(segmentation, side, depth).taken < THRESHOLDS.wider * atEdge;
  });
}

interface EdgeCoverage {
  /** Pixels of the product. */
  taken: number;
  /** Pixels of the whole line. */
  length: number;
}

/** How much of a line along one side of the map, `depth` pixels inward, is product. */
function edgeCoverage({ mask, width, height }: Segmentation, side: Side, depth = 0): EdgeCoverage {
  const isRow = side === 'top' || side === 'bottom';
  const length = isRow ? width : height;
  const line = side === 'top' || side === 'left' ? depth : (isRow ? height : width) - 1 - depth;
  let taken = 0;
  for (let i = 0; i < length; i++) if (mask[isRow ? line * width + i : i * width + line] === 0) taken++;
  return { taken, length };
}
