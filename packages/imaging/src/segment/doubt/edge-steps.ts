import { edgeStrength, type Step } from '../../kernels/edge-strength.ts';
import { RAMP } from '../../kernels/map-kernel.ts';

/** Compared with the step over this many pixels, which is `RAMP` times as high or more where light changes evenly. */
const FAR = 3;
/** Of the steps on the frame's border, which are the background's own noise. */
const NOISE_QUANTILE = 0.95;

/** What the background's own unevenness makes of steps: measured on the frame's border, where it shows the background. */
export function noiseOf(
  steps: Uint8Array,
  width: number,
  height: number,
  distance: Uint8Array,
  tolerance: number,
): number {
  const counts = new Uint32Array(256);
  // The second row from above and from below, then the second column from both sides.
  const last = (height - 2) * width;
  countSteps(counts, steps, distance, tolerance, width + 1, 1, width - 2);
  countSteps(counts, steps, distance, tolerance, last + 1, 1, width - 2);
  countSteps(counts, steps, distance, tolerance, width + 1, width, height - 2);
  countSteps(counts, steps, distance, tolerance, 2 * width - 2, width, height - 2);
  let left = Math.floor(NOISE_QUANTILE * counts.reduce((sum, count) => sum + count, 0));
  for (let step = 0; step < counts.length; step++) {
    if (left < counts[step]) return step;
    left -= counts[step];
  }
  return 0;
}

/** Counts the steps of `length` pixels from `first` on, `stride` apart, that show the background. */
function countSteps(
  counts: Uint32Array,
  steps: Uint8Array,
  distance: Uint8Array,
  tolerance: number,
  first: number,
  stride: number,
  length: number,
): void {
  for (let n = 0, pixel = first; n < length; n++, pixel += stride) {
    // Pictures of less than three rows have no such pixels.
    const value = distance[pixel];
    if (value === undefined || value > tolerance) continue;
    const step = steps[pixel];
    counts[step] = counts[step] + 1;
  }
}

/**
 * Largest difference in levels between the pixels on both sides, along the row or the column, where it is a step: over
 * three times the distance soft light has changed three times as much.
 */
export function stepsOf(rgb: Uint8Array, width: number, height: number): Uint8Array {
  if (width <= 2 * FAR) return measureColumns(new Uint8Array(width * height), rgb, width, 1, width - 1);
  const across: Step = { near: [1, -1], far: [FAR, -FAR] };
  const down: Step = { near: [width, -width], far: [FAR * width, -FAR * width] };
  const rows = (first: number, end: number, steps: Step[]) => ({
    first: first * width,
    end: end * width,
    steps,
  });
  const top = Math.min(FAR, height - 1);
  const bottom = Math.max(top, height - FAR);
  const steps = edgeStrength(rgb, [
    // Where nothing lies that far up or down, every step counts; so it is at the sides, below.
    rows(1, top, [across, { near: down.near }]),
    rows(top, bottom, [across, down]),
    rows(bottom, height - 1, [across, { near: down.near }]),
  ]);
  measureColumns(steps, rgb, width, 1, FAR);
  measureColumns(steps, rgb, width, width - FAR, width - 1);
  for (let row = 0; row < steps.length; row += width) steps[row] = steps[row + width - 1] = 0;
  return steps;
}

/** Measures the steps pixel by pixel, in the columns from `first` to `end`. */
function measureColumns(
  steps: Uint8Array,
  rgb: Uint8Array,
  width: number,
  first: number,
  end: number,
): Uint8Array {
  const height = steps.length / width;
  const row = width * 3;
  for (let y = 1; y < height - 1; y++) {
    const isMiddleRow = y >= FAR && y < height - FAR;
    for (let x = first; x < end; x++) {
      let most = 0;
      const at = (y * width + x) * 3;
      for (let i = at; i < at + 3; i++) {
        const across = Math.abs(rgb[i + 3] - rgb[i - 3]);
        const down = Math.abs(rgb[i + row] - rgb[i - row]);
        const far = isMiddleRow ? Math.abs(rgb[i + row * FAR] - rgb[i - row * FAR]) : down;
        most = Math.max(most, across, far * RAMP.denominator < down * RAMP.numerator ? down : 0);
      }
      steps[y * width + x] = most;
    }
  }
  return steps;
}
