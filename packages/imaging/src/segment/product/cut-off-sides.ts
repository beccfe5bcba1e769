import type { Segmentation } from '../segmentation.ts';
import { edgeCoverage } from './edge-coverage.ts';
import type { Product } from './find-product.ts';

/** What tells a product that goes on beyond the picture from one that only touches its edge. */
const THRESHOLDS = {
  /** Of the map's longer side, inward from the edge, where the product is looked at a second time. */
  depth: 0.01,
  /** Map pixels of product at the edge at least; fewer are a hair or the codec's. */
  least: 3,
  /** A round end that touches the edge is this much wider a little inward. Of 40 photos whose product touches an edge, ties, shoes, shafts and legs that go on beyond it measured 0.95 to 1.45, tight crops of jackets, tablets and glasses 1.6 to 15. */
  wider: 1.5,
};

/**
 * Sides of a picture beyond which the product goes on: it reaches the edge as wide as it is a little inward. A box that was
 * cropped exactly at its own flat end looks the same.
 */
export function cutOffSides(segmentation: Segmentation, { touches }: Product): Product['touches'] {
  const depth = Math.max(2, Math.round(THRESHOLDS.depth * Math.max(segmentation.width, segmentation.height)));
  return touches.filter((side) => {
    const { taken: atEdge } = edgeCoverage(segmentation, side);
    return (
      atEdge >= THRESHOLDS.least && edgeCoverage(segmentation, side, depth).taken < THRESHOLDS.wider * atEdge
    );
  });
}
