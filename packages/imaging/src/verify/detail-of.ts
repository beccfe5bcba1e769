import { contrastRange } from '../kernels/contrast-range.ts';
import { edgeStrength, type Step } from '../kernels/edge-strength.ts';

/** A picture on its map, three channels. */
interface PictureMap {
  rgb: Uint8Array;
  width: number;
  height: number;
}

/** How much a picture shows. */
export interface Detail {
  /** Levels between the darkest and the lightest value of the channel that varies most. */
  contrast: number;
  /** The steepest step between neighbours as a share of the contrast. */
  sharpness: number;
}

/** Contrast in levels, and the steepest step between neighbours as a share of it, on the small map. */
export function detailOf({ rgb, width, height }: PictureMap): Detail {
  const steps = new Uint32Array(256);
  const before = stepsBefore(rgb, width, height);
  for (let pixel = 0; pixel < before.length; pixel++) {
    const step = before[pixel];
    steps[step] = steps[step] + 1;
  }
  const contrast = contrastRange(rgb);
  // The 99.9th percentile: one odd pixel is not an edge.
  let left = Math.floor(0.001 * width * height);
  let most = 255;
  while (most > 0 && left >= steps[most]) left -= steps[most--];
  return { contrast, sharpness: contrast === 0 ? 0 : most / contrast };
}

/** The largest difference from the pixel to the left and the one above; there are none before the first. */
function stepsBefore(rgb: Uint8Array, width: number, height: number): Uint8Array {
  const pixels = width * height;
  const before: Step = { near: [0, -1] };
  const above: Step = { near: [0, -width] };
  const steps = edgeStrength(rgb, [
    { first: 1, end: width, steps: [before] },
    { first: width, end: pixels, steps: [before, above] },
  ]);
  // To the left of the first column there is not the end of the row above.
  for (let pixel = width; pixel < pixels; pixel += width) {
    const difference = (i: number) => Math.abs(rgb[i] - rgb[i - 3 * width]);
    steps[pixel] = Math.max(difference(3 * pixel), difference(3 * pixel + 1), difference(3 * pixel + 2));
  }
  return steps;
}
