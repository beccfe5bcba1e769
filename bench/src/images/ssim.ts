/** Side of the windows and the step between them, pixels; as in most implementations with plain windows. */
const WINDOW = 8;
const STEP = 4;
/** Wang et al. 2004: (0.01 · 255)² and (0.03 · 255)². */
const C1 = 6.5025;
const C2 = 58.5225;

/** One byte per pixel. */
export interface Luma {
  data: Uint8Array;
  width: number;
  height: number;
}

/** Structural similarity of two pictures of one size: 1 when they are equal, mean over windows of 8 × 8 pixels. */
export function ssim(one: Luma, two: Luma): number {
  const { width, height } = one;
  if (two.width !== width || two.height !== height) throw new Error('SSIM compares pictures of one size');
  let sum = 0;
  let windows = 0;
  for (let top = 0; top + WINDOW <= height; top += STEP) {
    for (let left = 0; left + WINDOW <= width; left += STEP) {
      sum += ofWindow(one.data, two.data, top * width + left, width);
      windows += 1;
    }
  }
  return sum / windows;
}

function ofWindow(one: Uint8Array, two: Uint8Array, start: number, width: number): number {
  let a = 0;
  let b = 0;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let y = 0; y < WINDOW; y += 1) {
    for (let at = start + y * width, end = at + WINDOW; at < end; at += 1) {
      const p = one[at] ?? 0;
      const q = two[at] ?? 0;
      a += p;
      b += q;
      aa += p * p;
      bb += q * q;
      ab += p * q;
    }
  }
  const count = WINDOW * WINDOW;
  const meanA = a / count;
  const meanB = b / count;
  const varianceA = aa / count - meanA * meanA;
  const varianceB = bb / count - meanB * meanB;
  const covariance = ab / count - meanA * meanB;
  return (
    ((2 * meanA * meanB + C1) * (2 * covariance + C2)) /
    ((meanA * meanA + meanB * meanB + C1) * (varianceA + varianceB + C2))
  );
}
