import sharp from 'sharp';
import { downsampled } from '../raster/downsample.ts';
import type { Raster } from '../raster/raster.ts';

/** Longer side in pixels: a gallery's tile on a dense screen. */
const MAX_SIDE = 320;
/** 5–15 KB each: a page of 200 loads within a second or two. */
const QUALITY = 70;

/** The map that the checks have made of the frame already. */
const MAP_SIDE = 400;

/** A small WebP of a finished frame, or `null`: a listing does without its thumbnail rather than fail for it. */
export async function makeThumb(frame: Raster): Promise<Buffer | null> {
  const { data, width, height, channels } = downsampled(frame, MAP_SIDE).rgb;
  // By the frame's own ratio: the map's is rounded.
  const scale = Math.min(1, MAX_SIDE / Math.max(frame.width, frame.height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return sharp(data, { raw: { width, height, channels } })
    .resize(side(frame.width), side(frame.height), { fit: 'fill' })
    .webp({ quality: QUALITY, effort: 2 })
    .toBuffer()
    .catch(() => null);
}
