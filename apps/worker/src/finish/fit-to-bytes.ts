import { type OutputFormat, StageError } from '@image-studio/contract';
import sharp from 'sharp';
import type { Raster } from './raster.ts';
import { bytesRatio } from './size-curve.ts';

export interface FitSpec {
  format: OutputFormat;
  /** Tried first. */
  quality: number;
  maxBytes: number;
  /** Quality never goes below this (or below `quality`, if that is lower). Default 75; 40 for AVIF. */
  minQuality?: number;
  /** Whether the pixels may become fewer once the quality has come down as far as it may. */
  allowShrink: boolean;
  /** Looked at between encodes, because an encode cannot be stopped. */
  signal?: AbortSignal;
}

export interface Fitted {
  data: Buffer;
  width: number;
  height: number;
  quality: number;
  encodes: number;
}

/** Turns a raster into a file; must give equal bytes for equal arguments. */
export type Encode = (picture: Raster, quality: number) => Promise<Buffer>;

/** Two predictions are enough: the mean was 1.2 to 2.6 encodes from 400 down to 50 KiB for a 1600 px photo. */
const MAX_ENCODES = 3;

/**
 * How careful each prediction is. The first uses means: bytes grow with pixels^0.8, and 8 % are kept in reserve. The
 * second must not miss: a quarter in reserve, and the flattest growth measured.
 */
const CAUTION = [
  { reserve: 0.92, exponent: 0.8 },
  { reserve: 0.75, exponent: 0.66 },
] as const;

/**
 * Encodes `picture` into at most `maxBytes`: first as asked, then with the quality that should fit, then with fewer
 * pixels as well. Below quality 75 fewer pixels look better than more loss (measured by SSIM). Never answers with more
 * bytes than allowed: throws `ENCODE_CANNOT_FIT` instead.
 */
export async function fitToBytes(picture: Raster, spec: FitSpec, encode: Encode): Promise<Fitted> {
  let trial: Trial = { quality: spec.quality, scale: 1 };
  for (let encodes = 1; ; encodes++) {
    spec.signal?.throwIfAborted();
    const scaled = await scale(picture, trial.scale);
    const data = await encode(scaled, trial.quality);
    const { width, height } = scaled;
    if (data.length <= spec.maxBytes) return { data, width, height, quality: trial.quality, encodes };
    const next = encodes < MAX_ENCODES ? nextTrial(trial, data.length, encodes, spec) : undefined;
    if (!next) throw cannotFit(data.length, scaled, trial.quality, spec);
    trial = next;
  }
}

interface Trial {
  quality: number;
  /** Of each side. */
  scale: number;
}

/** What to try after `bytes` were too many, or nothing if there is nothing left to give. */
function nextTrial(trial: Trial, bytes: number, encodes: number, spec: FitSpec): Trial | undefined {
  const { reserve, exponent } = CAUTION[encodes - 1] ?? CAUTION[1];
  const lowest = Math.min(spec.quality, spec.minQuality ?? (spec.format === 'avif' ? 40 : 75));
  const needed = (spec.maxBytes / bytes) * reserve;
  const atLowest = bytesRatio(spec.format, trial.quality, lowest);
  const isLast = encodes === MAX_ENCODES - 1;

  if (!spec.allowShrink && (isLast || needed < atLowest)) {
    // Nothing can follow, so the prediction must not stand in the way of what the lowest quality might still do.
    return lowersAnything(spec.format) && trial.quality > lowest ? { ...trial, quality: lowest } : undefined;
  }
  if (needed >= atLowest && lowersAnything(spec.format)) {
    return { ...trial, quality: highestWithin(spec.format, trial.quality, lowest, needed) };
  }
  return { quality: lowest, scale: trial.scale * (needed / atLowest) ** (1 / (2 * exponent)) };
}

function highestWithin(format: OutputFormat, from: number, lowest: number, needed: number): number {
  let quality = from - 1;
  while (quality > lowest && bytesRatio(format, from, quality) > needed) quality--;
  return Math.max(lowest, quality);
}

function lowersAnything(format: OutputFormat): boolean {
  return format !== 'png';
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

function cannotFit(bytes: number, { width, height }: Raster, quality: number, spec: FitSpec): StageError {
  return new StageError(
    'ENCODE_CANNOT_FIT',
    `${spec.format} of ${width}×${height} px is ${bytes} bytes at quality ${quality}, limit is ${spec.maxBytes} bytes`,
    { verdict: 'fail' },
  );
}
