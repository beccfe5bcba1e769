import type { Segmentation } from '../segmentation.ts';
import type { Product } from './find-product.ts';

export interface EdgeCoverage {
  /** Pixels of the product. */
  taken: number;
  /** Pixels of the whole line. */
  length: number;
}

/** How much of a line along one side of the map, `depth` pixels inward, is product. */
export function edgeCoverage(
  { mask, width, height }: Segmentation,
  side: Product['touches'][number],
  depth = 0,
): EdgeCoverage {
  const isRow = side === 'top' || side === 'bottom';
  const length = isRow ? width : height;
  const line = side === 'top' || side === 'left' ? depth : (isRow ? height : width) - 1 - depth;
  let taken = 0;
  for (let i = 0; i < length; i++) if (mask[isRow ? line * width + i : i * width + line] === 0) taken++;
  return { taken, length };
}
