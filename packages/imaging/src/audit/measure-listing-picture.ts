import type { PictureMeasures } from '@image-studio/contract';
import sharp, { type Metadata } from 'sharp';
import { decodePicture } from '../decode/decode-picture.ts';
import { decodingFault } from '../decode/decoding-fault.ts';
import { detectFormat } from '../decode/detect-format.ts';
import { isHeic } from '../decode/is-heic.ts';
import { makeThumb } from '../encode/encode-picture.ts';
import { overWhite, type Raster } from '../raster/raster.ts';
import { segmentBackground, segmentWhiteBackground } from '../segment/background/segment-background.ts';
import { isScene } from '../segment/doubt/is-scene.ts';
import { segmentProduct } from '../segment/passes.ts';
import { findProduct } from '../segment/product/find-product.ts';
import { findAdditions } from '../verify/check-additions.ts';
import { hasFrame } from './find-frame.ts';
import { hasTextBeside } from './find-text.ts';
import { isPlaceholder } from './is-placeholder.ts';

/** Longer side at which a picture is looked at: letters of 1 % of it are told, and it takes 50–150 ms. */
const LOOKED_AT = 1000;
/** More is measured by its header only. */
const MOST_PIXELS = 50e6;
/** Levels from which on a channel counts as white: what JPEG leaves of 255. */
const WHITE = 250;

/** What a shop's picture is, and a small one of it; a file that is none says why in `image`. Rejects for nothing. */
export interface ListingMeasures {
  measures: PictureMeasures;
  thumb: Buffer | null;
}

/**
 * Measures a picture as a shop shows it, without judging it and without knowing what of. First the file, then its pixels;
 * what cannot be told is left out.
 */
export async function measureListingPicture(data: Buffer): Promise<ListingMeasures> {
  const bytes = data.length;
  const detected = detectFormat(data);
  if (!detected) return { measures: { bytes, image: nameOf(data) }, thumb: null };
  if ('refused' in detected) {
    const bitmap = sizeOfBitmap(data);
    const measures = bitmap ? { bytes, format: 'bmp', ...bitmap } : { bytes, image: detected.refused };
    return { measures, thumb: null };
  }
  const metadata = await sharp(data, { limitInputPixels: false })
    .metadata()
    .catch(() => null);
  if (metadata === null) return { measures: { bytes, image: 'damaged' }, thumb: null };
  const file: PictureMeasures = {
    bytes,
    format: detected.format,
    width: metadata.autoOrient.width,
    height: metadata.autoOrient.height,
    frames: metadata.pages ?? 1,
    colourSpace: spaceOf(metadata),
  };
  const isReadable =
    metadata.width * metadata.height <= MOST_PIXELS && !isHeic(metadata) && !decodingFault(data, metadata);
  if (!isReadable) return { measures: file, thumb: null };
  const picture = await decodePicture(data, LOOKED_AT).catch(() => null);
  if (picture === null) return { measures: { ...file, image: 'damaged or cut off' }, thumb: null };
  return { measures: { ...file, ...measurePixels(picture) }, thumb: await makeThumb(picture) };
}

/** What a shop's picture shows, once it is decoded to `LOOKED_AT` pixels. */
export function measurePixels(picture: Raster): PictureMeasures {
  const flat = overWhite(picture);
  const white = whiteShare(flat);
  const seen = { white, placeholder: isPlaceholder(flat), frame: hasFrame(flat) };
  const background = white > 0.8 ? segmentWhiteBackground(flat) : segmentBackground(flat);
  if (seen.placeholder || seen.frame || !background || isScene(background)) return seen;
  const segmentation = segmentProduct(background, { shadow: 'keep' });
  const text = hasTextBeside(segmentation);
  const product = findProduct(segmentation);
  const fill = product
    ? Math.round(
        1000 * Math.max(product.box.width / segmentation.width, product.box.height / segmentation.height),
      ) / 1000
    : undefined;
  const addition = findAdditions(segmentation, () => null).measured;
  const frame = addition === 'a frame around the product';
  return { ...seen, frame, text, ...(fill !== undefined && !text && !frame && { fill }) };
}

/** Share of the outer 1 % of the frame whose channels are all white. */
function whiteShare({ data, width, height }: Raster): number {
  const thickness = Math.max(1, Math.ceil(0.01 * Math.max(width, height)));
  let white = 0;
  let total = 0;
  for (let y = 0; y < height; y++) {
    const isWholeRow = y < thickness || y >= height - thickness;
    for (let x = 0; x < width; x++) {
      if (!isWholeRow && x === thickness && width > 2 * thickness) x = width - thickness;
      const i = (y * width + x) * 3;
      total++;
      if (
        (data[i] as number) >= WHITE &&
        (data[i + 1] as number) >= WHITE &&
        (data[i + 2] as number) >= WHITE
      )
        white++;
    }
  }
  return Math.round((1000 * white) / total) / 1000;
}

function spaceOf({ space }: Metadata): string {
  switch (space) {
    case 'srgb':
    case 'rgb':
    case 'rgb16':
    case 'scrgb':
      return 'srgb';
    case 'b-w':
    case 'grey16':
      return 'grey';
    default:
      return space ?? 'unknown';
  }
}

function nameOf(data: Buffer): string {
  if (data.length === 0) return 'empty';
  const start = data.subarray(0, 512).toString('latin1').trimStart().toLowerCase();
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return 'a web page';
  if (start.startsWith('{') || start.startsWith('[')) return 'JSON';
  return start.startsWith('<') ? 'markup text' : 'of no known format';
}

/** Width and height of a Windows bitmap, which is not decoded. */
function sizeOfBitmap(data: Buffer): { width: number; height: number } | null {
  if (data.length < 26 || data.toString('latin1', 0, 2) !== 'BM') return null;
  return { width: Math.abs(data.readInt32LE(18)), height: Math.abs(data.readInt32LE(22)) };
}
