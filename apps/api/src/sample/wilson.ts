import type { Share } from '@image-studio/contract';

/** Of the normal distribution, for 95 %. */
const Z = 1.96;

/** The share of `hits` among `total`, with Wilson's score interval (1927), which holds also near 0 and 1; `null` of nothing. */
export function wilson(hits: number, total: number): Share | null {
  if (total === 0) return null;
  const value = hits / total;
  const square = Z * Z;
  const middle = (value + square / (2 * total)) / (1 + square / total);
  const half =
    (Z * Math.sqrt((value * (1 - value)) / total + square / (4 * total * total))) / (1 + square / total);
  return { value, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
