import { type Said, StageError, say } from '@image-studio/contract';
import sharp, { type Metadata } from 'sharp';
import { decodingFault } from './decode/decoding-fault.ts';
import { detectFormat } from './decode/detect-format.ts';

export interface PhotoLimits {
  /** Width × height of the photo as stored; more is not decoded. */
  maxPixels: number;
  /** Shorter side of the photo at least. */
  minSide: number;
}

/**
 * Looks at a photo without decoding it, wherever it is from. Rejects with `SOURCE_UNSUPPORTED`, `SOURCE_NOT_AN_IMAGE`,
 * `SOURCE_TOO_LARGE` or `SOURCE_TOO_SMALL`.
 */
export async function checkPhoto(data: Buffer, limits: PhotoLimits): Promise<Metadata> {
  refuseForeign(data);
  const metadata = await readMetadata(data);
  refuseOversized(metadata, limits.maxPixels);
  refuseCostly(data, metadata);
  refuseTiny(metadata, limits.minSide);
  return metadata;
}

/** Only bytes that begin like one of the allowed formats reach a decoder. */
function refuseForeign(data: Buffer): void {
  if (data.length === 0) throw notAnImage(say`photo is empty (0 bytes)`);
  const detected = detectFormat(data);
  if (!detected) {
    const looks = describe(data);
    throw notAnImage(say`photo is not an image: its ${data.length} bytes ${looks}`);
  }
  if ('refused' in detected) {
    throw unsupported(
      say`photo is ${detected.refused}; JPEG, PNG, WebP, AVIF, HEIC, TIFF and GIF are accepted`,
    );
  }
}

/** Suppliers answer 200 with a login or error page; saying so saves the reader a look at the bytes. */
function describe(data: Buffer): string {
  const start = data.subarray(0, 512).toString('latin1').trimStart().toLowerCase();
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return 'are a web page';
  if (start.startsWith('{') || start.startsWith('[')) return 'are JSON';
  if (start.startsWith('<')) return 'are markup text';
  return 'begin like no known format';
}

/** Headers only: nothing is decoded, so no limit is needed to see how large the photo claims to be. */
async function readMetadata(data: Buffer): Promise<Metadata> {
  const metadata = await sharp(data, { limitInputPixels: false, failOn: 'error' })
    .metadata()
    .catch((error: unknown) => {
      throw undecodable(error);
    });
  const format = metadata.format === 'heif' ? metadata.compression : metadata.format;
  // libvips looks at more than the first bytes; the format that it finds has to be allowed as well.
  if (!['jpeg', 'png', 'webp', 'av1', 'hevc', 'tiff', 'gif'].includes(format ?? '')) {
    const type = format ?? 'unknown';
    throw unsupported(say`photo is of type ${type}; JPEG, PNG, WebP, AVIF, HEIC, TIFF and GIF are accepted`);
  }
  return metadata;
}

function refuseOversized({ width, height }: Metadata, maxPixels: number): void {
  if (width * height <= maxPixels) return;
  const [has, most] = [(width * height) / 1e6, maxPixels / 1e6];
  throw tooLarge(say`photo is ${width}×${height} px = ${has} megapixels, limit is ${most} megapixels`);
}

function refuseTiny({ width, height }: Metadata, minSide: number): void {
  if (Math.min(width, height) >= minSide) return;
  throw new StageError(
    'SOURCE_TOO_SMALL',
    say`photo is ${width}×${height} px, which shows no product; its shorter side has to be ${minSide} px at least`,
    { verdict: 'fail' },
  );
}

function refuseCostly(data: Buffer, metadata: Metadata): void {
  const fault = decodingFault(data, metadata);
  if (!fault) return;
  const words = say`photo ${fault.words}`;
  throw fault.kind === 'tooLarge' ? tooLarge(words) : notAnImage(words);
}

/** The error for a photo that libvips cannot read. */
export function undecodable(error: unknown): StageError {
  const [firstLine = ''] = String(error instanceof Error ? error.message : error).split('\n');
  const words = firstLine.slice(0, 200);
  return new StageError('SOURCE_NOT_AN_IMAGE', say`photo is damaged or cut off: ${words}`, {
    verdict: 'fail',
    cause: error,
  });
}

function notAnImage(message: Said): StageError {
  return new StageError('SOURCE_NOT_AN_IMAGE', message, { verdict: 'fail' });
}

function tooLarge(message: Said): StageError {
  return new StageError('SOURCE_TOO_LARGE', message, { verdict: 'fail' });
}

function unsupported(message: Said): StageError {
  return new StageError('SOURCE_UNSUPPORTED', message, { verdict: 'fail' });
}
