import type { OutputFormat } from '@image-studio/contract';
import sharp from 'sharp';
import type { Composition } from '../compose/composition.ts';
import { decodePicture } from '../decode/decode-picture.ts';
import type { FinishSpec } from '../finish-spec.ts';
import { AI_MARK } from '../marks/ai-mark.ts';
import { pngWithXmp } from '../marks/png-xmp.ts';
import { downsampled } from '../raster/downsample.ts';
import type { Raster } from '../raster/raster.ts';
import { fitToBytes } from './fit-to-bytes.ts';

/** With the size fixed, a softer file is better than none; below 50 blocks become visible on plain backgrounds. */
const MIN_QUALITY = 50;
/**
 * WebP rounds pure white to 254 at some qualities and not at their neighbours (measured: 30, 40, 50, 60 of fifteen);
 * AVIF's filters reach from the product to the border of small pictures at low quality, and so do JPEG's blocks of halved
 * colour below quality 90 (at 200 px, 16 of which are a block). The steps are tried in order until the border decodes to 255.
 */
const OTHER_QUALITIES: Partial<Record<OutputFormat, number[]>> = {
  webp: [1, 2, 5, -1, 10, -3],
  avif: [5, 10, 20, 30],
  jpeg: [5, 10, 15],
};

/** A finished file and what everybody will see who opens it. */
export interface EncodedImage {
  data: Buffer;
  /** `data`, decoded. */
  seen: Raster;
  /** What a reader takes the file for. */
  format: string;
}

/**
 * Encodes the finished frame within its byte limit at its exact size, and makes sure that a main image's white border
 * is still white once it is decoded. Throws `ENCODE_CANNOT_FIT` when no quality is small enough.
 */
export async function encodeFinished(
  frame: Composition,
  spec: FinishSpec,
  signal: AbortSignal,
): Promise<EncodedImage> {
  const encode = (quality: number, more: Partial<Encoding> = {}): Promise<Buffer> =>
    encodePicture(frame, { format: spec.format, quality, aiGenerated: spec.aiGenerated, ...more });
  const maxBytes = spec.maxBytes ?? Number.POSITIVE_INFINITY;
  const fitted = await fitToBytes(
    frame,
    {
      format: spec.format,
      quality: spec.quality,
      maxBytes,
      minQuality: MIN_QUALITY,
      allowShrink: false,
      signal,
    },
    (_, quality) => encode(quality),
  );
  const first = await seen(fitted.data);
  const steps = OTHER_QUALITIES[spec.format];
  if (spec.role !== 'main' || !steps || borderWhite(first.seen) === 1) return first;
  for (const step of steps) {
    signal.throwIfAborted();
    const quality = fitted.quality + step;
    if (quality < 1 || quality > 100) continue;
    const data = await encode(quality);
    if (data.length > maxBytes) continue;
    const other = await seen(data);
    if (borderWhite(other.seen) === 1) return other;
  }
  const exact = await encode(100, { lossless: true });
  return exact.length <= maxBytes ? await seen(exact) : first;
}

/** Decoded once, at its own size: the border is looked at here, and the checks measure the same pixels. */
async function seen(data: Buffer): Promise<EncodedImage> {
  const decoded = await decodePicture(data, 1e5);
  return { data, seen: decoded, format: decoded.file.format };
}

/** Share of the outer 1 % of the frame, at least one pixel wide, that is exactly (255, 255, 255). */
export function borderWhite(picture: Raster): number {
  const { width, height } = picture;
  const thickness = Math.max(1, Math.ceil(0.01 * Math.max(width, height)));
  let white = 0;
  let total = 0;
  const count = (first: number, end: number) => {
    white += whitePixels(picture, first, end);
    total += end - first;
  };
  for (let y = 0; y < height; y++) {
    const [first, end] = [y * width, (y + 1) * width];
    if (y < thickness || y >= height - thickness || width <= 2 * thickness) count(first, end);
    else {
      count(first, first + thickness);
      count(end - thickness, end);
    }
  }
  return white / total;
}

/** How many of the pixels from `first` to `end` are (255, 255, 255). */
function whitePixels({ data, channels }: Raster, first: number, end: number): number {
  let white = 0;
  for (let i = first * channels; i < end * channels; i += channels) {
    if (data[i] === 255 && data[i + 1] === 255 && data[i + 2] === 255) white++;
  }
  return white;
}

/** How a raster becomes a file. */
export interface Encoding {
  format: OutputFormat;
  quality: number;
  /** WebP and AVIF: exact pixels. */
  lossless?: boolean;
  /**
   * JPEG: a file that is read once more and then replaced. Without Huffman tables of its own it has the same pixels and 14 % more
   * bytes, for 19 instead of 48 CPU ms (2048 px, quality 95).
   */
  isInterim?: boolean;
  /** Marks the file as made by a generative model. */
  aiGenerated: boolean;
}

/**
 * Encodes as sRGB without any metadata of the input. A picture made by a generative model carries the IPTC digital
 * source type that Google Merchant Center requires to be kept (support.google.com/merchants/answer/14743464).
 */
export async function encodePicture(picture: Raster, encoding: Encoding): Promise<Buffer> {
  const { format, quality } = encoding;
  let pipeline = sharp(picture.data, {
    raw: { width: picture.width, height: picture.height, channels: picture.channels },
  }).toColourspace('srgb');
  if (encoding.aiGenerated && format !== 'png') pipeline = pipeline.withXmp(AI_MARK);
  switch (format) {
    case 'jpeg':
      return pipeline
        .jpeg({
          quality,
          chromaSubsampling: quality >= 90 ? '4:4:4' : '4:2:0',
          optimiseCoding: !encoding.isInterim,
        })
        .toBuffer();
    case 'png': {
      const png = await pipeline.png({ compressionLevel: 6 }).toBuffer();
      return encoding.aiGenerated ? pngWithXmp(png, AI_MARK) : png;
    }
    case 'webp':
      // Effort 2 costs 89 CPU ms where 4 costs 189, for 2 % more bytes (1600 px, measured). The preset's weaker smoothing
      // keeps the grain of a photograph: 0.012 more SSIM at a quarter of the bytes of quality 85, none less elsewhere.
      return pipeline
        .webp({ quality, effort: 2, preset: 'photo', lossless: encoding.lossless ?? false })
        .toBuffer();
    case 'avif':
      // Effort 0: 120 CPU ms; effort 4: 4.6 s (1600 px, measured).
      return pipeline.avif({ quality, effort: 0, lossless: encoding.lossless ?? false }).toBuffer();
  }
}

/** Longer side in pixels: a gallery's tile on a dense screen. */
const THUMB_SIDE = 320;
/** 5–15 KB each: a page of 200 loads within a second or two. */
const THUMB_QUALITY = 70;

/** The map that the checks have made of the frame already. */
const MAP_SIDE = 400;

/** A small WebP of a finished frame, or `null`: a listing does without its thumbnail rather than fail for it. */
export async function makeThumb(frame: Raster): Promise<Buffer | null> {
  const { data, width, height, channels } = downsampled(frame, MAP_SIDE).rgb;
  // By the frame's own ratio: the map's is rounded.
  const scale = Math.min(1, THUMB_SIDE / Math.max(frame.width, frame.height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return sharp(data, { raw: { width, height, channels } })
    .resize(side(frame.width), side(frame.height), { fit: 'fill' })
    .webp({ quality: THUMB_QUALITY, effort: 2 })
    .toBuffer()
    .catch(() => null);
}
