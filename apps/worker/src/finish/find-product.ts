import { clearHalo } from './clear-halo.ts';
import type { Ground } from './find-ground.ts';
import { markShadow } from './mark-shadow.ts';
import type { Box } from './raster.ts';

// As locals, because a module that runs in a vm context (Jest) pays dearly for every look at a global.
const { max, min } = Math;

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
/** An island fainter than this share of the product's contrast is a stain of the ground. */
const FAINT = 0.3;

/**
 * Boxes what is neither ground nor its shadow. Dust and stains are turned into ground in `ground.mask`. Returns
 * `null` when nothing is left: an empty picture.
 */
export function findProduct(ground: Ground): Product | null {
  markShadow(ground);
  clearHalo(ground, upperQuartile(ground));
  sweep(ground);
  const { width, height, mask, distance } = ground;
  // A quarter of the product's typical contrast separates it from the ringing beside it.
  const clear = max(ground.tolerance, 0.25 * upperQuartile(ground));
  const box = boxOf(width, height, (pixel) => mask[pixel] === 0 && (distance[pixel] as number) >= clear);
  const reach = boxOf(width, height, (pixel) => mask[pixel] !== 1);
  if (!box || !reach) return null;
  const touches: Product['touches'] = [];
  if (box.left === 0) touches.push('left');
  if (box.top === 0) touches.push('top');
  if (box.left + box.width === width) touches.push('right');
  if (box.top + box.height === height) touches.push('bottom');
  return { box, reach, touches };
}

interface Island {
  pixels: number[];
  /** Mean and largest difference from the ground. */
  mean: number;
  peak: number;
  onBorder: boolean;
}

function sweep(ground: Ground): void {
  const islands = islandsOf(ground);
  const weight = ({ pixels, mean }: Island): number => pixels.length * mean;
  const main = islands.reduce<Island | null>(
    (best, one) => (best && weight(best) >= weight(one) ? best : one),
    null,
  );
  for (const island of islands) {
    const dust = island.pixels.length < DUST_PIXELS && (island.pixels.length < 2 || island.peak < 80);
    const stain =
      main !== null &&
      island !== main &&
      weight(island) < 0.2 * weight(main) &&
      // A corner that falls off more than the fitted ground does may be fairly strong, but lies on the border.
      island.mean < (island.onBorder ? 2 * FAINT : FAINT) * main.mean;
    if (dust || stain) for (const pixel of island.pixels) ground.mask[pixel] = 1;
  }
}

function islandsOf({ width, height, mask, distance }: Ground): Island[] {
  const islands: Island[] = [];
  const seen = Uint8Array.from(mask);
  for (let start = 0; start < seen.length; start++) {
    if (seen[start] !== 0) continue;
    const island: Island = { pixels: [start], mean: 0, peak: 0, onBorder: false };
    seen[start] = 1;
    for (let i = 0; i < island.pixels.length; i++) {
      const pixel = island.pixels[i] as number;
      const x = pixel % width;
      const y = (pixel - x) / width;
      island.mean += distance[pixel] as number;
      island.peak = max(island.peak, distance[pixel] as number);
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) island.onBorder = true;
      for (let v = max(0, y - 1); v <= min(height - 1, y + 1); v++) {
        for (let u = max(0, x - 1); u <= min(width - 1, x + 1); u++) {
          const next = v * width + u;
          if (seen[next] !== 0) continue;
          seen[next] = 1;
          island.pixels.push(next);
        }
      }
    }
    island.mean /= island.pixels.length;
    islands.push(island);
  }
  return islands;
}

function upperQuartile({ mask, distance }: Ground): number {
  const histogram = new Uint32Array(256);
  let total = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] !== 0) continue;
    const value = distance[pixel] as number;
    histogram[value] = (histogram[value] as number) + 1;
    total++;
  }
  let value = 255;
  for (let above = histogram[value] as number; value > 0 && above * 4 < total; ) {
    above += histogram[--value] as number;
  }
  return value;
}

function boxOf(width: number, height: number, isInside: (pixel: number) => boolean): Box | null {
  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      if (!isInside(pixel)) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}
