import { type Said, say } from '@image-studio/contract';
import type { Metadata } from 'sharp';
import { isHeic } from './is-heic.ts';

/**
 * Files for which libvips must hold the whole picture, in bytes, at most. A progressive JPEG or a GIF of 50 megapixels
 * needs 200 to 400 MB; AVIF and HEIC more, so they end at 25 megapixels (18 where a channel has more than 8 bits).
 */
const MAX_DECODING_BYTES = 450e6;
/**
 * Measured on 50 megapixels, 4:4:4, beyond what the process holds anyway: 17.7 and 23.7 bytes a pixel of AVIF (4:2:0:
 * 14.7). HEIC of 12 to 48 megapixels took 11 (phones) to 17 with 8 bits, and 19 with 10.
 */
const HEIF_BYTES_PER_PIXEL = { of8Bits: 18, ofMore: 24 };
/**
 * What JPEG can express. PNG and TIFF allow 1 × 50,000,000, where the work is done line by line: that took 7 s, and
 * 0.4 GB lying down.
 */
const MAX_SIDE = 65_535;
/**
 * Each scan walks over the whole picture, however few bytes it has: 1.5 ms for 12 megapixels of grey. libjpeg's own
 * progressive scripts have at most 24 scans (CMYK), those of optimisers fewer.
 */
const MAX_SCANS = 100;

export interface DecodingFault {
  kind: 'tooLarge' | 'notAnImage';
  /** Goes after "photo" or "picture". */
  words: Said;
}

/** Why decoding a file would take far more than its size in pixels says, or `undefined`. Decodes nothing. */
export function decodingFault(data: Buffer, metadata: Metadata): DecodingFault | undefined {
  const { width, height, format } = metadata;
  if (Math.max(width, height) > MAX_SIDE) {
    return { kind: 'tooLarge', words: say`is ${width}×${height} px, limit is ${MAX_SIDE} px a side` };
  }
  const bytes = bytesToDecode(metadata);
  if (bytes > MAX_DECODING_BYTES) {
    const name = nameOf(metadata);
    const [needs, most] = [Math.round(bytes / 1e6), MAX_DECODING_BYTES / 1e6];
    return {
      kind: 'tooLarge',
      words: say`is ${width}×${height} px of ${name}, which takes about ${needs} MB to decode, limit is ${most} MB`,
    };
  }
  if (format === 'jpeg' && countScans(data, MAX_SCANS + 1) > MAX_SCANS) {
    return {
      kind: 'notAnImage',
      words: say`repeats its scans: it has more than ${MAX_SCANS}, photos have 1 to 24`,
    };
  }
  return undefined;
}

function nameOf(metadata: Metadata): string {
  if (metadata.format !== 'heif') return (metadata.format ?? 'unknown').toUpperCase();
  return isHeic(metadata) ? 'HEIC' : 'AVIF';
}

/** Memory that grows with the pixels. Nothing for what is decoded line by line. */
function bytesToDecode(metadata: Metadata): number {
  const { width, height, channels, depth, isProgressive, format, bitsPerSample = 8 } = metadata;
  const pixels = width * height;
  switch (format) {
    case 'heif':
      return pixels * (bitsPerSample > 8 ? HEIF_BYTES_PER_PIXEL.ofMore : HEIF_BYTES_PER_PIXEL.of8Bits);
    case 'jpeg':
      // Coefficients of two bytes, until the last scan has been read.
      return isProgressive ? pixels * channels * 2 : 0;
    case 'gif':
    case 'webp':
      return pixels * 4;
    case 'png':
      return isProgressive ? pixels * channels * (BYTES[depth] ?? 1) : 0;
    default:
      // TIFF: strips and tiles may be as large as the picture, and channels as many as a file likes to say.
      return pixels * channels * (BYTES[depth] ?? 1);
  }
}

/** Of one sample. */
const BYTES: Partial<Record<string, number>> = {
  char: 1,
  uchar: 1,
  short: 2,
  ushort: 2,
  int: 4,
  uint: 4,
  float: 4,
  complex: 8,
  double: 8,
  dpcomplex: 16,
};

const START_OF_SCAN = Buffer.from([0xff, 0xda]);

/**
 * Scans of a JPEG, without decoding it. A baseline photo has one to four, a progressive one ten or so. May be a few too
 * high when the file's metadata hold another JPEG, such as its thumbnail. Stops counting at `enough`.
 */
export function countScans(jpeg: Buffer, enough: number): number {
  // In compressed data 0xFF never stands before 0xDA, so nearly every file is settled by a search, 1 ms for 4 MB.
  const found = countMarks(jpeg, enough);
  return found < enough ? found : countReal(jpeg, enough);
}

function countMarks(jpeg: Buffer, enough: number): number {
  let count = 0;
  let at = jpeg.indexOf(START_OF_SCAN);
  while (at >= 0 && count < enough) {
    count += 1;
    at = jpeg.indexOf(START_OF_SCAN, at + 2);
  }
  return count;
}

/** Walks from marker to marker, so that what only looks like a scan, inside of a profile or thumbnail, is passed over. */
function countReal(jpeg: Buffer, enough: number): number {
  let count = 0;
  for (let at = jpeg.indexOf(0xff); at >= 0 && count < enough; at = jpeg.indexOf(0xff, at)) {
    const marker = jpeg[at + 1];
    if (marker === 0xda) count += 1;
    if (marker === 0xff) at += 1;
    else if (marker === undefined || !hasContent(marker)) at += 2;
    else at += 2 + (at + 4 <= jpeg.length ? jpeg.readUInt16BE(at + 2) : 2);
  }
  return count;
}

/** Of the markers, a zero byte after 0xFF is none, and restarts, start and end stand alone. */
function hasContent(marker: number): boolean {
  return marker >= 0xc0 && (marker < 0xd0 || marker > 0xd9);
}
