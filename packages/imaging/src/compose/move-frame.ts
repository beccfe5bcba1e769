import type { Adjustment } from '@image-studio/contract';
import sharp from 'sharp';
import type { Raster } from '../raster/raster.ts';

/** Pixels of a picture that is painted larger than it will be: three bytes each, and its cut-out beside it. */
const MAX_PIXELS = 36_000_000;
/** Share of the longer side along the edges that stays white, as around every product on white. */
const CLEAR = 0.0125;

/** How much larger than the picture its frame is to be painted, so that what is scaled up afterwards is sharp. */
export function paintedScale({ scale }: Adjustment, width: number, height: number): number {
  return Math.min(scale, Math.max(1, Math.sqrt(MAX_PIXELS / (width * height))));
}

/**
 * The picture of `width` × `height` that one sees of a frame, painted `paintedScale` times as large, once it is cropped, scaled
 * and moved. Beside it everything is white, and so is the border.
 */
export async function moveFrame(
  frame: Raster,
  { scale, x, y, crop }: Adjustment,
  width: number,
  height: number,
): Promise<Raster> {
  const shrink = frame.width / (width * scale);
  const seen = {
    width: Math.max(1, Math.round(width * shrink)),
    height: Math.max(1, Math.round(height * shrink)),
  };
  const area = crop ?? { left: 0, top: 0, right: 1, bottom: 1 };
  const left = Math.round((seen.width - frame.width) / 2 + x * seen.width);
  const top = Math.round((seen.height - frame.height) / 2 + y * seen.height);
  const clear = Math.max(1, Math.ceil(CLEAR * Math.max(seen.width, seen.height)));
  const fromX = Math.max(clear, left + Math.round(area.left * frame.width));
  const toX = Math.min(seen.width - clear, left + Math.round(area.right * frame.width));
  const fromY = Math.max(clear, top + Math.round(area.top * frame.height));
  const toY = Math.min(seen.height - clear, top + Math.round(area.bottom * frame.height));
  const data = new Uint8Array(seen.width * seen.height * 3).fill(255);
  for (let row = fromY; row < toY && toX > fromX; row++) {
    const from = ((row - top) * frame.width + fromX - left) * 3;
    data.set(frame.data.subarray(from, from + (toX - fromX) * 3), (row * seen.width + fromX) * 3);
  }
  if (seen.width === width && seen.height === height) return { data, width, height, channels: 3 };
  const raw = { width: seen.width, height: seen.height, channels: 3 } as const;
  const larger = await sharp(data, { raw }).resize(width, height, { fit: 'fill' }).raw().toBuffer();
  return { data: larger, width, height, channels: 3 };
}
