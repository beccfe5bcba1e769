import type { OutputFormat } from '@image-studio/contract';
import type { Composition } from '../compose/composition.ts';
import { decodePicture } from '../decode/decode-picture.ts';
import type { FinishSpec } from '../finish-spec.ts';
import type { Raster } from '../raster/raster.ts';
import { borderWhite } from './border-white.ts';
import { type Encoding, encodePicture } from './encode-picture.ts';
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
  if (spec.role !== 'main' || !steps || hasWhiteBorder(first)) return first;
  for (const step of steps) {
    signal.throwIfAborted();
    const quality = fitted.quality + step;
    if (quality < 1 || quality > 100) continue;
    const data = await encode(quality);
    if (data.length > maxBytes) continue;
    const other = await seen(data);
    if (hasWhiteBorder(other)) return other;
  }
  const exact = await encode(100, { lossless: true });
  return exact.length <= maxBytes ? await seen(exact) : first;
}

/** Decoded once, at its own size: the border is looked at here, and the checks measure the same pixels. */
async function seen(data: Buffer): Promise<EncodedImage> {
  const decoded = await decodePicture(data, 1e5);
  return { data, seen: decoded, format: decoded.file.format };
}

function hasWhiteBorder(encoded: EncodedImage): boolean {
  return borderWhite(encoded.seen) === 1;
}
