import { pixelsWhere } from '../../kernels/pixels-where.ts';

/** A map of its own with 1 where `mask` is `value`. */
export function partOfMask(mask: Uint8Array, value: number): Uint8Array {
  return pixelsWhere({ of: mask, least: value, most: value });
}

/** Mean of `values` over a region, 0 where that is empty. */
export function meanOver(region: Int32Array, values: Uint8Array): number {
  let sum = 0;
  for (const pixel of region) sum += values[pixel];
  return sum / Math.max(1, region.length);
}

/** The up to four pixels beside a pixel of a map. */
export function neighbours(pixel: number, { width, height }: { width: number; height: number }): number[] {
  const x = pixel % width;
  const found: number[] = [];
  if (x > 0) found.push(pixel - 1);
  if (x < width - 1) found.push(pixel + 1);
  if (pixel >= width) found.push(pixel - width);
  if (pixel < width * (height - 1)) found.push(pixel + width);
  return found;
}
