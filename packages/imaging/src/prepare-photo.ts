import { createHash } from 'node:crypto';
import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp';
import { checkPhoto, type PhotoLimits, undecodable } from './check-photo.ts';
import { heicToTiff } from './decode/heic-to-tiff.ts';
import { isHeic } from './decode/is-heic.ts';
import { withEndMarker } from './decode/with-end-marker.ts';
import { fitToBytes } from './encode/fit-to-bytes.ts';
import type { ModelInput, SourcePhoto } from './pictures.ts';
import type { Raster } from './raster/raster.ts';

export interface PrepareLimits extends PhotoLimits {
  /** Longer side of the result at most; smaller photos stay as they are. */
  maxSide: number;
  /** Of the result. */
  maxBytes: number;
  /** Whether transparency stays; otherwise the photo is put on white. */
  keepAlpha: boolean;
}

/** A photo takes 0.1–1 s; a file that takes longer than this is made to do so. libvips cannot be stopped inside AVIF. */
const DECODE_TIMEOUT_S = 60;
/** No visible loss for the model; the size fit may go down to 75. */
const QUALITY = 90;

/**
 * Turns a supplier's photo into what the model gets: upright, 8-bit sRGB, at most `maxSide` px and `maxBytes`, without
 * metadata; equal photos give equal bytes. With `keepAlpha` a photo that is really transparent somewhere stays so (WebP);
 * everything else becomes JPEG, on white: no provider says what its model sees beneath transparent pixels.
 *
 * Run it inside the CPU limiter. Rejects with `SOURCE_UNSUPPORTED`, `SOURCE_NOT_AN_IMAGE`, `SOURCE_TOO_LARGE`,
 * `SOURCE_TOO_SMALL`, `ENCODE_CANNOT_FIT` or the signal's reason.
 */
export async function preparePhoto(
  photo: SourcePhoto,
  limits: PrepareLimits,
  signal: AbortSignal,
): Promise<ModelInput> {
  signal.throwIfAborted();
  const metadata = await checkPhoto(photo.data, limits);
  signal.throwIfAborted();
  const readable = isHeic(metadata) ? await readHeic(photo.data, metadata, limits) : photo.data;
  signal.throwIfAborted();
  const { mime, data, width, height } = await toModelFormat(readable, metadata, limits, signal);
  return {
    source: { url: photo.url, name: photo.name, stem: photo.stem },
    sha256: createHash('sha256').update(data).digest('hex'),
    mime,
    width,
    height,
    data,
  };
}

function readHeic(photo: Buffer, metadata: Metadata, { maxPixels }: PrepareLimits): Promise<Buffer> {
  return heicToTiff(photo, metadata, maxPixels).catch((error: unknown) => {
    throw undecodable(error);
  });
}

type Converted = Pick<ModelInput, 'mime' | 'data' | 'width' | 'height'>;

async function toModelFormat(
  photo: Buffer,
  metadata: Metadata,
  limits: PrepareLimits,
  signal: AbortSignal,
): Promise<Converted> {
  const work = async (bytes: Buffer) =>
    (await convert(bytes, metadata, limits)) ?? (await decodeAndFit(bytes, metadata, limits, signal));
  try {
    return await work(photo);
  } catch (error) {
    signal.throwIfAborted();
    const mended = metadata.format === 'jpeg' ? await withEndMarker(photo, limits.maxPixels) : null;
    if (mended === null) throw error;
    return work(mended);
  }
}

/**
 * From file to file, line by line: the decoded photo (9 MB) is never held, and a tenth of the CPU is saved. `null` for
 * photos that may be transparent, or that need more than one encode.
 */
async function convert(photo: Buffer, metadata: Metadata, limits: PrepareLimits): Promise<Converted | null> {
  if (metadata.hasAlpha && limits.keepAlpha) return null;
  const { data, info } = await asJpeg(opaque(upright(photo, metadata, limits), metadata), QUALITY)
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw undecodable(error);
    });
  if (data.length > limits.maxBytes) return null;
  return { mime: 'image/jpeg', data, width: info.width, height: info.height };
}

async function decodeAndFit(
  photo: Buffer,
  metadata: Metadata,
  limits: PrepareLimits,
  signal: AbortSignal,
): Promise<Converted> {
  const picture = await decode(photo, metadata, limits);
  const transparent = picture.channels === 4;
  const { data, width, height } = await fitToBytes(
    picture,
    {
      format: transparent ? 'webp' : 'jpeg',
      quality: QUALITY,
      maxBytes: limits.maxBytes,
      allowShrink: true,
      signal,
    },
    transparent ? encodeWebp : encodeJpeg,
  );
  return { mime: transparent ? 'image/webp' : 'image/jpeg', data, width, height };
}

/** The photo as the model sees it, still to be decoded. */
function upright(photo: Buffer, metadata: Metadata, limits: PrepareLimits): Sharp {
  // `pages: 1` takes the first frame of an animation or the first page of a TIFF.
  const input: SharpOptions = { limitInputPixels: limits.maxPixels, failOn: 'error', pages: 1 };
  const side = sideOf(metadata, limits.maxSide);
  return sharp(photo, input)
    .timeout({ seconds: DECODE_TIMEOUT_S })
    .autoOrient()
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb');
}

function opaque(picture: Sharp, { hasAlpha }: Metadata): Sharp {
  return hasAlpha ? picture.flatten({ background: '#fff' }) : picture.removeAlpha();
}

async function decode(photo: Buffer, metadata: Metadata, limits: PrepareLimits): Promise<Raster> {
  const picture = upright(photo, metadata, limits);
  const keepsAlpha = metadata.hasAlpha && limits.keepAlpha;
  const { data, info } = await (keepsAlpha ? picture.ensureAlpha() : opaque(picture, metadata))
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw undecodable(error);
    });
  const { width, height } = info;
  if (info.channels === 3) return { data, width, height, channels: 3 };
  if (!whitenBeneath(data)) return dropAlpha(data, width, height);
  return { data, width, height, channels: 4 };
}

/** Share of the longest side that may be given up for a decoder that stops at a half, a quarter or an eighth. */
const GIVEN_UP = 0.1;

/**
 * The longer side to decode to. JPEG decodes to a half, a quarter or an eighth with less work, and nothing has to be
 * resampled: where that is at most a tenth below the limit it is enough (4000 px become 2000, not 2048).
 */
function sideOf({ format, width, height }: Metadata, maxSide: number): number {
  if (format !== 'jpeg') return maxSide;
  const side = Math.max(width, height);
  const parts = [2, 4, 8].map((part) => Math.floor(side / part));
  return parts.find((part) => part <= maxSide && part >= (1 - GIVEN_UP) * maxSide) ?? maxSide;
}

/** Makes fully transparent pixels white beneath and tells whether any pixel is transparent at all. */
function whitenBeneath(pixels: Buffer): boolean {
  let transparent = false;
  const end = pixels.length;
  for (let at = 3; at < end; at += 4) {
    if (pixels[at] === 255) continue;
    transparent = true;
    if (pixels[at] === 0) pixels[at - 1] = pixels[at - 2] = pixels[at - 3] = 255;
  }
  return transparent;
}

/** Most PNGs carry an alpha channel that says nothing. */
async function dropAlpha(data: Buffer, width: number, height: number): Promise<Raster> {
  const opaque = await sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .raw()
    .toBuffer();
  return { data: opaque, width, height, channels: 3 };
}

function encodeJpeg({ data, width, height }: Raster, quality: number): Promise<Buffer> {
  return asJpeg(sharp(data, { raw: { width, height, channels: 3 } }), quality).toBuffer();
}

/** Tables made for the picture would save 3 % of the bytes and cost three times the CPU (41 against 12 ms, measured). */
function asJpeg(picture: Sharp, quality: number): Sharp {
  return picture.jpeg({ quality, optimiseCoding: false });
}

/** `exact` keeps the white beneath transparent pixels. Effort 2 takes half the time of 4 for 2 % more bytes. */
function encodeWebp({ data, width, height }: Raster, quality: number): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 4 } })
    .webp({ quality, alphaQuality: 100, effort: 2, exact: true })
    .toBuffer();
}
