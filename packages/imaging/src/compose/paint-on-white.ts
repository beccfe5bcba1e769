import { borrowBuffer } from '../raster/large-buffers.ts';
import type { Raster } from '../raster/raster.ts';
import type { Placement } from './place-on-white.ts';

/** Share of the longer side along the frame's edges that stays white whatever was placed. */
const CLEAR = 0.0125;

/** Paints a placement into a frame of pure white, which is borrowed. */
export function paintOnWhite(placement: Placement, width: number, height: number): Raster {
  const data = borrowBuffer(width * height * 3).fill(255);
  const { cutout, left, top } = placement;
  const fromX = Math.max(0, -left);
  const toX = Math.min(cutout.width, width - left);
  for (let y = Math.max(0, -top); y < Math.min(cutout.height, height - top); y++) {
    const from = y * cutout.width;
    data.set(
      cutout.rgb.subarray((from + fromX) * 3, (from + toX) * 3),
      ((y + top) * width + left + fromX) * 3,
    );
  }
  clearBorder(data, width, height);
  return { data, width, height, channels: 3 };
}

/** Faint remains that nobody took for product (below the tolerance) must not spoil the one thing that is certain. */
function clearBorder(data: Uint8Array, width: number, height: number): void {
  const thickness = Math.max(1, Math.ceil(CLEAR * Math.max(width, height)));
  data.fill(255, 0, thickness * width * 3);
  data.fill(255, (height - thickness) * width * 3);
  for (let y = thickness; y < height - thickness; y++) {
    const row = y * width * 3;
    data.fill(255, row, row + thickness * 3);
    data.fill(255, row + (width - thickness) * 3, row + width * 3);
  }
}
