import type { Adjustment } from '@image-studio/contract';
import sharp from 'sharp';
import type { FinishSpec } from '../finish-spec.ts';
import { borrowBuffer, giveBuffersBack } from '../raster/large-buffers.ts';
import type { Raster } from '../raster/raster.ts';
import { type Composition, compositionOf } from './composition.ts';
import type { Frame } from './frame.ts';
import type { Placement } from './place-on-white.ts';

/** Pixels of a picture that is painted larger than it will be: three bytes each, and its cut-out beside it. */
const MAX_PIXELS = 36_000_000;
/** Share of the longer side along the frame's edges that stays white whatever was placed. */
const CLEAR = 0.0125;
/** JPEG codes blocks of 8 × 8 pixels. */
const BLOCK = 8;
/** The end of a shadow is lighter than this. What is darker may be the product, and is not touched. */
const FAINT = 160;

/**
 * Paints a placement into its frame of pure white, and moves it as a person wanted it where one did. Nobody may look at the
 * cut-out afterwards: its memory is given back. The composition is borrowed.
 */
export async function paintOnWhite(
  placement: Placement,
  frame: Frame,
  { width, height, adjustment, format }: FinishSpec,
): Promise<Composition> {
  const painted = paint(placement, frame);
  const moved = adjustment ? await moveFrame(painted, adjustment, width, height) : painted;
  if (format === 'jpeg') whitenBorderBlocks(moved);
  const { rgb, alpha } = placement.cutout;
  giveBuffersBack(rgb, alpha, ...(moved === painted ? [] : [painted.data]));
  return compositionOf(moved);
}

function paint({ cutout, left, top }: Placement, { width, height }: Frame): Raster {
  const data = borrowBuffer(width * height * 3);
  const fromX = Math.max(0, -left);
  const toX = Math.min(cutout.width, width - left);
  // Up to where everything is painted.
  let painted = 0;
  for (let y = Math.max(0, -top); y < Math.min(cutout.height, height - top); y++) {
    const from = y * cutout.width;
    const to = ((y + top) * width + left + fromX) * 3;
    data.fill(255, painted, to);
    data.set(cutout.rgb.subarray((from + fromX) * 3, (from + toX) * 3), to);
    painted = to + (toX - fromX) * 3;
  }
  data.fill(255, painted);
  const frame: Raster = { data, width, height, channels: 3 };
  clearBorder(frame);
  return frame;
}

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

/** Faint remains that nobody took for product (below the tolerance) must not spoil the one thing that is certain. */
function clearBorder({ data, width, height }: Raster): void {
  const thickness = Math.max(1, Math.ceil(CLEAR * Math.max(width, height)));
  data.fill(255, 0, thickness * width * 3);
  data.fill(255, (height - thickness) * width * 3);
  for (let y = thickness; y < height - thickness; y++) {
    const row = y * width * 3;
    data.fill(255, row, row + thickness * 3);
    data.fill(255, row + (width - thickness) * 3, row + width * 3);
  }
}

/**
 * Whitens the faint end of a shadow in the blocks that reach into the outer 1 % of the frame, in place: at any quality
 * such a block decodes to 254 here and there, in the border too. Only small pictures have shadows there.
 */
function whitenBorderBlocks(picture: Raster): void {
  const { data, width, height, channels } = picture;
  const border = Math.max(1, Math.ceil(0.01 * Math.max(width, height)));
  const near = BLOCK * Math.ceil(border / BLOCK);
  const right = BLOCK * Math.floor((width - border) / BLOCK);
  const bottom = BLOCK * Math.floor((height - border) / BLOCK);
  for (let y = 0; y < height; y++) {
    const wholeRow = y < near || y >= bottom;
    for (let x = 0; x < width; x++) {
      if (!wholeRow && x === near && right > near) x = right;
      const i = (y * width + x) * channels;
      const [red = 0, green = 0, blue = 0] = [data[i], data[i + 1], data[i + 2]];
      if (red >= FAINT && green >= FAINT && blue >= FAINT) data.fill(255, i, i + 3);
    }
  }
}
