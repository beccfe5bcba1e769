import type { Raster } from '../../raster/raster.ts';
import { findRuns } from '../mask/find-runs.ts';

/**
 * Floods the background from the border inward over everything within `tolerance` of its colour: 1 where it comes. `distance` is
 * each pixel's difference from the background's colour.
 */
export function floodBackground(
  { width, height }: Raster,
  distance: Uint8Array,
  tolerance: number,
): Uint8Array {
  const open = new Uint8Array(distance.length);
  for (let pixel = 0; pixel < open.length; pixel++) {
    if (distance[pixel] <= tolerance) open[pixel] = 1;
  }
  return floodFrom(open, width, height);
}

/** Marks what is open and can be reached from the border's open pixels: the outermost two rows and columns. */
function floodFrom(open: Uint8Array, width: number, height: number): Uint8Array {
  const { starts, ends, roots, count } = findRuns(open, width);
  const isReached = new Uint8Array(count);
  for (let run = 0; run < count; run++) {
    const start = starts[run];
    const row = Math.floor(start / width);
    const left = start - row * width;
    const right = ends[run] - row * width;
    if (row < 2 || row >= height - 2 || left < 2 || right > width - 2) isReached[roots[run]] = 1;
  }
  const mask = new Uint8Array(open.length);
  for (let run = 0; run < count; run++) {
    if (isReached[roots[run]] === 1) mask.fill(1, starts[run], ends[run]);
  }
  return mask;
}
