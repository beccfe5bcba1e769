import { dilate } from '../../kernels/dilate.ts';
import type { Box } from '../../raster/raster.ts';
import type { Background } from '../background/segment-background.ts';
import { connectedComponents } from '../mask/connected-components.ts';
import { partOfMask } from '../mask/part-of-mask.ts';
import { isSoftRegion } from '../shadows/is-soft-region.ts';
import { markDetachedShadows } from '../shadows/mark-detached-shadows.ts';
import { markShadow } from '../shadows/mark-shadow.ts';
import { removeCastShadow } from '../shadows/remove-cast-shadow.ts';
import { restoreHardEdgedRegions } from '../shadows/restore-hard-edged-regions.ts';
import { removeCompressionHalo } from './remove-compression-halo.ts';

/** Where the product stands on the map of its ground. */
export interface Product {
  /** The product itself: what differs clearly from the ground. */
  box: Box;
  /** Everything that differs at all: the product with its soft shadow and the ripples of the codec. */
  reach: Box;
  /** Sides of the picture at which the product is cut off. */
  touches: ('left' | 'top' | 'right' | 'bottom')[];
}

/** Islands of fewer map pixels are dust or noise, unless they differ as clearly as a small part would. */
const DUST_PIXELS = 6;
/** What is fainter than this share of the product's typical contrast may be a shadow's tail. */
const FADING = 0.25;
/** An island fainter than this share of the product's contrast is a stain of the ground. */
const FAINT = 0.3;
/** Nor is a stain of a light ground stronger than this, in levels; a pale part of the product is. */
const MOST_FAINT = 12;
/** Map pixels of a pale part that lies apart, and the step of its outline in levels. */
const LEAST_PART = 40;
const CLEAR_STEP = 6;
/** A ground with so much unevenness is cloth, wood or carpet, and leaves crumbs of up to this share of the product. */
const ROUGH = 18;
const LARGEST_CRUMB = 0.0005;

/**
 * Boxes what is neither ground nor its shadow. Dust and stains are turned into ground in `ground.mask`. Returns
 * `null` when nothing is left: an empty picture. With `dropShadow` the shadow counts as ground too.
 */
export function findProduct(ground: Background, dropShadow = false): Product | null {
  markShadow(ground);
  restoreHardEdgedRegions(ground);
  markDetachedShadows(ground);
  if (dropShadow) removeCastShadow(ground);
  removeCompressionHalo(ground, upperQuartile(ground));
  sweep(ground);
  const { width, height, mask } = ground;
  const fading = fadingPixels(ground);
  // 1 on the product itself, 2 on its surroundings.
  const parts = new Uint8Array(mask.length);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] === 1) continue;
    parts[pixel] = mask[pixel] === 0 && fading[pixel] === 0 ? 1 : 2;
  }
  const box = boxOf(width, height, parts, 1);
  const around = boxOf(width, height, parts, 2);
  if (!box) return null;
  const reach = around ? joined(box, around) : box;
  const touches: Product['touches'] = [];
  if (box.left === 0) touches.push('left');
  if (box.top === 0) touches.push('top');
  if (box.left + box.width === width) touches.push('right');
  if (box.top + box.height === height) touches.push('bottom');
  return { box, reach, touches };
}

interface Island {
  /** Its map pixels. */
  pixels: Int32Array;
  /** Mean and largest difference from the ground. */
  mean: number;
  peak: number;
  onBorder: boolean;
}

function sweep(ground: Background): void {
  const islands = islandsOf(ground);
  const weight = ({ pixels, mean }: Island): number => pixels.length * mean;
  const main = islands.reduce<Island | null>(
    (best, one) => (best && weight(best) >= weight(one) ? best : one),
    null,
  );
  for (const island of islands) {
    const dust = island.pixels.length < DUST_PIXELS && (island.pixels.length < 2 || island.peak < 80);
    const isStain =
      main !== null &&
      island !== main &&
      weight(island) < 0.2 * weight(main) &&
      (island.onBorder || !ground.forPale || island.mean < MOST_FAINT) &&
      // A corner that falls off more than the fitted ground does may be fairly strong, but lies on the border.
      island.mean < (island.onBorder ? 2 * FAINT : FAINT) * main.mean &&
      !isPart(island, ground);
    const isCrumb =
      main !== null && ground.tolerance >= ROUGH && island.pixels.length < LARGEST_CRUMB * main.pixels.length;
    if (dust || isStain || isCrumb) for (const pixel of island.pixels) ground.mask[pixel] = 1;
  }
}

/** A stain fades into its ground; a pale knob or cable beside a dark product has an outline. */
function isPart({ pixels, mean, onBorder }: Island, ground: Background): boolean {
  if (onBorder || pixels.length < LEAST_PART || mean < ground.tolerance + MOST_FAINT) return false;
  return !isSoftRegion(pixels, ground, CLEAR_STEP);
}

function islandsOf({ width, height, mask, distance }: Background): Island[] {
  const rim = rimOf(width, height);
  return connectedComponents(partOfMask(mask, 0), width, { diagonally: true }).map((pixels) => {
    let sum = 0;
    let peak = 0;
    let onBorder = false;
    for (let i = 0; i < pixels.length; i++) {
      const pixel = pixels[i];
      const value = distance[pixel];
      sum += value;
      if (value > peak) peak = value;
      if (rim[pixel] === 1) onBorder = true;
    }
    return { pixels, mean: sum / pixels.length, peak, onBorder };
  });
}

/** 1 on the outermost pixels. */
function rimOf(width: number, height: number): Uint8Array {
  const rim = new Uint8Array(width * height);
  rim.fill(1, 0, width);
  rim.fill(1, width * (height - 1));
  for (let row = 0; row < rim.length; row += width) rim[row] = rim[row + width - 1] = 1;
  return rim;
}

/**
 * Faint surroundings that are no part of the product: what the codec smears within a block of something far stronger,
 * and the tail of a shadow, which has no outline. A pale part has one.
 */
function fadingPixels(ground: Background): Uint8Array {
  const { width, height, mask, distance, gentleStep } = ground;
  const typical = upperQuartile(ground);
  const clear = Math.max(ground.tolerance, FADING * typical);
  const faint = new Uint8Array(mask.length);
  for (let pixel = 0; pixel < faint.length; pixel++) {
    if (mask[pixel] === 0 && distance[pixel] < clear) faint[pixel] = 1;
  }
  if (!ground.forPale) return faint;
  const nearby = dilate(distance, width, height, Math.max(3, ground.block));
  const fading = new Uint8Array(mask.length);
  for (let pixel = 0; pixel < fading.length; pixel++) {
    if (mask[pixel] === 0 && distance[pixel] < FADING * Math.min(typical, nearby[pixel])) {
      fading[pixel] = 1;
    }
  }
  for (const region of connectedComponents(faint, width)) {
    if (isSoftRegion(region, ground, gentleStep + 1)) for (const pixel of region) fading[pixel] = 1;
  }
  return fading;
}

function upperQuartile({ mask, distance }: Background): number {
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
