import { whitenessOf } from '../background/segment-background.ts';
import type { Segmentation } from '../segmentation.ts';
import { edgeCoverage } from './edge-coverage.ts';
import type { Product } from './find-product.ts';

/** What tells a shelf or a floor from a tightly cropped product. */
const THRESHOLDS = {
  /** Level of the darkest channel from which on a background is a studio's, or a cut-out's; hardly anybody photographs a shelf or a floor in front of it. */
  white: 250,
  /** Share of both opposite sides that something takes which goes on beyond the picture. Tight crops measured at most 0.25 at one of the two: a hood and a hem, corners of a tablet. */
  goesOn: 0.3,
};

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

type Side = Product['touches'][number];
