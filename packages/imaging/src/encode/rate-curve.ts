import type { OutputFormat } from '@image-studio/contract';

/** Quality → bytes relative to some fixed quality; only ratios between entries mean anything. */
type Curve = readonly (readonly [quality: number, bytes: number])[];

/**
 * WebP (effort 2) and JPEG: means over 7 noisy wallpaper photographs. AVIF (effort 0): means over 6 made pictures (1/f
 * noise and packshots). The ends at 100 are the smallest seen, so that a prediction from there starts low enough. PNG
 * has no lossy quality.
 */
const CURVES: Record<Exclude<OutputFormat, 'png'>, Curve> = {
  webp: [
    [20, 0.27],
    [30, 0.34],
    [40, 0.399],
    [50, 0.461],
    [60, 0.518],
    [65, 0.547],
    [70, 0.583],
    [75, 0.624],
    [80, 0.769],
    [85, 1],
    [90, 1.558],
    [95, 3.227],
    [100, 5],
  ],
  jpeg: [
    [40, 0.346],
    [50, 0.404],
    [60, 0.468],
    [65, 0.517],
    [70, 0.58],
    [75, 0.655],
    [80, 0.792],
    [85, 1],
    [90, 1.396],
    [95, 2.299],
    [100, 4.7],
  ],
  avif: [
    [30, 0.318],
    [40, 0.455],
    [50, 0.69],
    [60, 1],
    [65, 1.249],
    [70, 1.95],
    [75, 2.86],
    [80, 4.49],
    [90, 10.6],
    [100, 15.7],
  ],
};

/** Expected bytes at quality `to` as a multiple of those at `from`; 1 for formats whose quality changes nothing. */
export function bytesRatio(format: OutputFormat, from: number, to: number): number {
  if (format === 'png') return 1;
  return read(CURVES[format], to) / read(CURVES[format], from);
}

/** Straight lines between the points, level outside them. */
function read(curve: Curve, quality: number): number {
  let [lastQuality, lastBytes] = curve[0] ?? [0, 1];
  for (const [nextQuality, nextBytes] of curve) {
    if (quality <= nextQuality) {
      const share = nextQuality === lastQuality ? 0 : (quality - lastQuality) / (nextQuality - lastQuality);
      return lastBytes + Math.max(0, share) * (nextBytes - lastBytes);
    }
    [lastQuality, lastBytes] = [nextQuality, nextBytes];
  }
  return lastBytes;
}
