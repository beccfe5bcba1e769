import { pixelsWhere } from '../../kernels/pixels-where.ts';
import type { Box } from '../../raster/raster.ts';
import type { Background } from '../background/background.ts';
import { type Segmentation, SHADOW } from '../segmentation.ts';

/** Where the product stands on the map of its background. */
export interface Product {
  /** The product itself: what differs clearly from the background. */
  box: Box;
  /** Everything that differs at all: the product with its soft shadow and the ripples of the codec. */
  reach: Box;
  /** Sides of the picture at which the product is cut off. */
  touches: ('left' | 'top' | 'right' | 'bottom')[];
}

/** What is fainter than this share of the product's typical contrast may be a shadow's tail. */
const FADING = 0.25;

/** Boxes what is neither background nor its shadow. `null` when nothing is left: an empty picture. */
export function findProduct(segmentation: Segmentation): Product | null {
  const { width, height, mask, distance } = segmentation;
  const clear = Math.max(segmentation.tolerance, FADING * productContrast(segmentation));
  const box = boxOf(width, height, pixelsWhere({ of: mask, most: 0 }, { of: distance, least: clear }), 1);
  if (!box) return null;
  const around = boxOf(width, height, mask, 0) ?? box;
  const shadow = boxOf(width, height, mask, SHADOW);
  const reach = shadow ? joined(around, shadow) : around;
  const touches: Product['touches'] = [];
  if (box.left === 0) touches.push('left');
  if (box.top === 0) touches.push('top');
  if (box.left + box.width === width) touches.push('right');
  if (box.top + box.height === height) touches.push('bottom');
  return { box, reach, touches };
}

/** The box around one value of a map. */
function boxOf(width: number, height: number, map: Uint8Array, value: number): Box | null {
  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
  for (let y = 0; y < height; y++) {
    const row = map.subarray(y * width, (y + 1) * width);
    const first = row.indexOf(value);
    if (first < 0) continue;
    left = Math.min(left, first);
    right = Math.max(right, row.lastIndexOf(value));
    top = Math.min(top, y);
    bottom = y;
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The box around two boxes. */
function joined(one: Box, other: Box): Box {
  const left = Math.min(one.left, other.left);
  const top = Math.min(one.top, other.top);
  const right = Math.max(one.left + one.width, other.left + other.width);
  const bottom = Math.max(one.top + one.height, other.top + other.height);
  return { left, top, width: right - left, height: bottom - top };
}

/** How far the product differs from its background: the upper quartile over its pixels, in levels. */
export function productContrast({ mask, distance }: Background): number {
  const histogram = new Uint32Array(256);
  let total = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] !== 0) continue;
    const value = distance[pixel];
    histogram[value] = histogram[value] + 1;
    total++;
  }
  let value = 255;
  for (let above = histogram[value]; value > 0 && above * 4 < total; ) {
    above += histogram[--value];
  }
  return value;
}
