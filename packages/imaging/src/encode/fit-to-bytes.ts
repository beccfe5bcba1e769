import { StageError, say } from '@image-studio/contract';
import sharp from 'sharp';
import type { Raster } from '../raster/raster.ts';
import type { FitSpec } from './fit-spec.ts';
import { searchQuality, type Tried } from './search-quality.ts';

export interface Fitted {
  data: Buffer;
  width: number;
  height: number;
  quality: number;
  encodes: number;
}

/** Turns a raster into a file; must give equal bytes for equal arguments. */
export type Encode = (picture: Raster, quality: number) => Promise<Buffer>;

/**
 * Encodes `picture` into at most `maxBytes`: first as asked; then with the quality that should fit, or fewer pixels where
 * no quality does; then with what the first two say of this very picture. Never answers with more bytes than allowed:
 * throws `ENCODE_CANNOT_FIT` instead.
 */
export async function fitToBytes(picture: Raster, spec: FitSpec, encode: Encode): Promise<Fitted> {
  const tried: Tried[] = [];
  let best: Omit<Fitted, 'encodes'> | undefined;
  for (let trial = searchQuality(tried, spec); trial; trial = searchQuality(tried, spec)) {
    spec.signal?.throwIfAborted();
    const { quality } = trial;
    const scaled = await scale(picture, trial.scale);
    const { width, height } = scaled;
    const data = await encode(scaled, quality);
    const fits = data.length <= spec.maxBytes;
    if (fits && data.length > (best?.data.length ?? 0)) best = { data, width, height, quality };
    tried.push({ quality, scale: trial.scale, width, height, bytes: data.length });
  }
  if (best) return { ...best, encodes: tried.length };
  throw cannotFit(tried, spec);
}

async function scale(picture: Raster, factor: number): Promise<Raster> {
  if (factor >= 1) return picture;
  const { channels } = picture;
  const width = Math.max(1, Math.round(picture.width * factor));
  const height = Math.max(1, Math.round(picture.height * factor));
  const data = await sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels } })
    .resize(width, height, { fit: 'fill' })
    .raw()
    .toBuffer();
  return { data, width, height, channels };
}

function cannotFit(tried: readonly Tried[], { format, maxBytes }: FitSpec): StageError {
  const [{ width, height, bytes, quality }] = tried.slice(-1) as [Tried];
  return new StageError(
    'ENCODE_CANNOT_FIT',
    say`${format} of ${width}×${height} px is ${bytes} bytes at quality ${quality}, limit is ${maxBytes} bytes`,
    { verdict: 'fail' },
  );
}
