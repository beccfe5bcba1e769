import sharp, { type Metadata } from 'sharp';
import type { Raster } from '../raster/raster.ts';
import { decodingFault } from './decoding-fault.ts';

/**
 * Formats that a model may answer with. Everything else that libvips can open (SVG, PDF, HEVC …) is either a door to
 * other files or not ours to licence.
 */
const FORMATS = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff']);
/** The same bound as for supplier photos: 50 MP is 150 MB once decoded. */
const MAX_PIXELS = 50e6;

/** A picture, and what its file says of itself. */
export interface Photo extends Raster {
  file: {
    /** As sharp names it, but AVIF by its own name. */
    format: string;
    /** Upright, before it was shrunk. */
    width: number;
    height: number;
  };
}

/**
 * Decodes foreign bytes into plain sRGB, upright, shrunk to `maxSide` on its longer side if it is larger. Rejects with
 * an `Error` whose message says what is wrong with the bytes; the caller knows whose fault that is.
 */
export async function decodePicture(bytes: Uint8Array, maxSide: number): Promise<Photo> {
  const meta = await sharp(bytes, { limitInputPixels: MAX_PIXELS }).metadata();
  if (!isAllowed(meta)) throw new Error(`pictures of type ${meta.format ?? 'unknown'} are not accepted`);
  refuseCostly(bytes, meta);
  const pipeline = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
    .autoOrient()
    .resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb');
  const { data, info } = await (meta.hasAlpha ? pipeline.ensureAlpha() : pipeline.removeAlpha())
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const format = meta.format === 'heif' ? 'avif' : (meta.format ?? 'unknown');
  const file = { format, width: meta.autoOrient.width, height: meta.autoOrient.height };
  if (info.channels === 3) return { data, width, height, channels: 3, file };
  if (info.channels !== 4) throw new Error(`a picture with ${info.channels} channels is not accepted`);
  return { ...withoutIdleAlpha({ data, width, height, channels: 4 }), file };
}

function refuseCostly({ buffer, byteOffset, byteLength }: Uint8Array, meta: Metadata): void {
  const fault = decodingFault(Buffer.from(buffer, byteOffset, byteLength), meta);
  if (fault) throw new Error(`it ${fault.words.message}`);
}

function isAllowed(meta: Metadata): boolean {
  return FORMATS.has(meta.format ?? '') || (meta.format === 'heif' && meta.compression === 'av1');
}

/** Most PNGs carry an alpha channel that says nothing. */
function withoutIdleAlpha(picture: Raster): Raster {
  const { data, width, height } = picture;
  for (let i = 3; i < data.length; i += 4) if (data[i] < 255) return picture;
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    rgb[to] = data[from];
    rgb[to + 1] = data[from + 1];
    rgb[to + 2] = data[from + 2];
  }
  return { data: rgb, width, height, channels: 3 };
}
