import { type OutputFormat, StageError } from '@image-studio/contract';
import sharp from 'sharp';
import type { Raster } from './raster.ts';
import { bytesRatio } from './size-curve.ts';

export interface FitSpec {
  format: OutputFormat;
  /** Tried first. */
  quality: number;
  maxBytes: number;
  /** With exact pixels, quality never goes below this (or below `quality`, if that is lower). Default 75; 40 for AVIF. */
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

/** Below this, blocks become visible on plain grounds; AVIF has none. */
const SOFTEST: Record<OutputFormat, number> = { jpeg: 50, webp: 50, avif: 40, png: 100 };
/** Of the limit, what a last try upwards aims at, and how much more it has to promise. */
const ROOM_RESERVE = 0.93;
const WORTH_A_TRY = 1.08;

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
 * pixels as well. All pixels at quality 50 look more like the original than fewer at 75, which look better than more
 * loss (by SSIM). An encode that is left over goes into what the limit still has room for. Never answers with more bytes
 * than allowed: throws `ENCODE_CANNOT_FIT` instead.
 */
export async function fitToBytes(picture: Raster, spec: FitSpec, encode: Encode): Promise<Fitted> {
  let trial: Trial = { quality: spec.quality, scale: 1 };
  let best: Fitted | undefined;
  let tooLarge = { quality: spec.quality, bytes: 0 };
  for (let encodes = 1; ; encodes++) {
    spec.signal?.throwIfAborted();
    const scaled = await scale(picture, trial.scale);
    const data = await encode(scaled, trial.quality);
    const { width, height } = scaled;
    const fits = data.length <= spec.maxBytes;
    if (fits && data.length > (best?.data.length ?? 0)) {
      best = { data, width, height, quality: trial.quality, encodes };
    }
    if (best) best.encodes = encodes;
    if (!fits && trial.scale === 1) tooLarge = { quality: trial.quality, bytes: data.length };
    const left = MAX_ENCODES - encodes;
    const next =
      left === 0 || (best && !fits)
        ? undefined
        : fits
          ? fullerTrial(trial, data.length, tooLarge, spec)
          : nextTrial(trial, data.length, encodes, spec);
    if (next) trial = next;
    else if (best) return best;
    else throw cannotFit(data.length, scaled, trial.quality, spec);
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
  const softest = Math.min(spec.quality, SOFTEST[spec.format]);
  // Curves differ between pictures by a factor of two, so less than half of what the mean says is still worth a try.
  const mayDo = needed >= 0.45 * bytesRatio(spec.format, trial.quality, softest);
  if (!isLast && softest < lowest && mayDo) return { ...trial, quality: softest };
  return { quality: lowest, scale: trial.scale * Math.min(1, needed / atLowest) ** (1 / (2 * exponent)) };
}

/** What to try after `bytes` fitted with room to spare, or nothing if that is as good as it gets. */
function fullerTrial(
  trial: Trial,
  bytes: number,
  tooLarge: { quality: number; bytes: number },
  spec: FitSpec,
): Trial | undefined {
  const room = (spec.maxBytes / bytes) * ROOM_RESERVE;
  const isWhole = trial.quality === spec.quality && trial.scale === 1;
  if (!spec.allowShrink || isWhole || room < WORTH_A_TRY) return undefined;
  if (trial.scale < 1) return { ...trial, scale: Math.min(1, trial.scale * room ** (1 / (2 * 0.9))) };
  // Between two known points bytes grow less than this line says, so it does not promise too much.
  const share = Math.log(room) / Math.log(tooLarge.bytes / bytes);
  const quality = Math.floor(trial.quality + share * (tooLarge.quality - trial.quality));
  return quality > trial.quality ? { ...trial, quality } : undefined;
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
