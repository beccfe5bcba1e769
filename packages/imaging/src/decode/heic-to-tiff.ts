import sharp, { type Metadata } from 'sharp';
import { toTiff } from '../encode/to-tiff.ts';
import { heicPixels } from './heic-pixels.ts';

/** Of Display P3, by ISO 23091-2. */
const P3 = 12;

/**
 * A HEIC as a file that libvips decodes: the same pixels, upright, in the same colour profile. Rejects with an `Error` that
 * says what is wrong with the bytes.
 */
export async function heicToTiff(heic: Buffer, metadata: Metadata, maxPixels: number): Promise<Buffer> {
  const alpha = metadata.hasAlpha ?? false;
  const { data, width, height, primaries } = await heicPixels(heic, { maxPixels, alpha });
  const profile = metadata.icc ?? (primaries === P3 ? await displayP3() : undefined);
  return toTiff({ data, width, height, channels: alpha ? 4 : 3 }, profile);
}

/** The profile that libvips brings, taken from a picture of one pixel. */
async function displayP3(): Promise<Buffer | undefined> {
  const pixel = { width: 1, height: 1, channels: 3, background: '#fff' } as const;
  const png = await sharp({ create: pixel }).withIccProfile('p3').png().toBuffer();
  return (await sharp(png).metadata()).icc;
}
