import type { Background } from '../background/background.ts';

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
