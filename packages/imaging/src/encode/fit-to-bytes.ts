import { type OutputFormat, StageError, say } from '@image-studio/contract';
import sharp from 'sharp';
import type { Raster } from '../raster/raster.ts';
import { bytesRatio } from './rate-curve.ts';

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

interface Trial {
  quality: number;
  /** Of each side. */
  scale: number;
}

/** A trial and what came of it. */
interface Tried extends Trial {
  width: number;
  height: number;
  bytes: number;
}

/** How far quality comes down before pixels go, where they may. Blocks of JPEG become visible below 50. */
const SOFTEST: Record<OutputFormat, number> = { jpeg: 50, webp: 30, avif: 40, png: 100 };
/** How far it comes down where they may not. */
const LOWEST: Record<OutputFormat, number> = { jpeg: 75, webp: 75, avif: 40, png: 100 };
/** With fewer pixels, any quality from 50 to 85 looks alike (within 0.005 SSIM) as long as the limit is used up. */
const SHRUNK_QUALITY = 75;
const SHRUNK_QUALITY_AVIF = 40;

/** Bytes grow with pixels to the power of this: mean, and the flattest seen (7 photos, sides scaled by 0.2 to 0.85). */
const GROWTH = 0.8;
const FLATTEST_GROWTH = 0.66;
/** Of AVIF, whose parts that do not depend on the pixels weigh more in its smaller files. */
const FLATTEST_GROWTH_AVIF = 0.5;
/** Of the limit, what a try aims at: the prediction is a guess, then checked, then the last word. */
const AIM_FIRST = 0.95;
const AIM_FULLER = 0.97;
const AIM_LAST = 0.95;
/** A limit that is used this far needs no further try. */
const FULL_ENOUGH = 0.95;
/** A try at all pixels that may fail has to be safe, and worth more than the pixels that it might have brought. */
const AIM_UNSHRUNK = 0.8;
const UNSHRUNK_MARGIN = 10;

/** What to try after `tried`, if anything might make the file fit, or fit better. There are three tries. */
function searchQuality(tried: readonly Tried[], spec: FitSpec): Trial | undefined {
  const [first, second, third] = tried;
  if (third !== undefined) return undefined;
  if (first === undefined) return { quality: spec.quality, scale: 1 };
  if (second === undefined) return first.bytes <= spec.maxBytes ? undefined : secondTrial(first, spec);
  return second.bytes <= spec.maxBytes ? fullerTrial(first, second, spec) : lastTrial(first, second, spec);
}

/** All pixels at a lower quality look far more like the original than fewer at a higher one; so those go first. */
function secondTrial(first: Tried, spec: FitSpec): Trial | undefined {
  const needed = (spec.maxBytes / first.bytes) * AIM_FIRST;
  const floor = floorOf(spec);
  if (
    first.quality > floor &&
    (needed >= bytesRatio(spec.format, first.quality, floor) || !spec.allowShrink)
  ) {
    return {
      quality: Math.max(floor, highestWithin(spec, first.quality, first.quality - 1, needed, 1)),
      scale: 1,
    };
  }
  if (!spec.allowShrink) return undefined;
  const quality = Math.min(first.quality, spec.format === 'avif' ? SHRUNK_QUALITY_AVIF : SHRUNK_QUALITY);
  const bytes = first.bytes * bytesRatio(spec.format, first.quality, quality);
  return shrunk({ quality, scale: 1, bytes }, { aim: spec.maxBytes * AIM_FIRST, growth: GROWTH });
}

/** After one that fitted: more of what the limit has room for. Should it be too much, the one before is still there. */
function fullerTrial(first: Tried, second: Tried, spec: FitSpec): Trial | undefined {
  if (second.bytes >= FULL_ENOUGH * spec.maxBytes) return undefined;
  // The further away, the less a prediction is worth.
  const room = AIM_FULLER * (spec.maxBytes / second.bytes) ** 0.85;
  const steepness = steepnessOf(first, second, spec.format);
  if (second.scale === 1) {
    const quality = highestWithin(spec, second.quality, first.quality - 1, room, steepness);
    return quality > second.quality ? { quality, scale: 1 } : undefined;
  }
  return unshrunk(first, steepness, spec) ?? lessShrunk(second, first.quality, room, steepness, spec);
}

/** A picture whose bytes fall much more steeply than those of others, a noisy one, needs no shrinking after all. */
function unshrunk(first: Tried, steepness: number, spec: FitSpec): Trial | undefined {
  if (spec.format === 'png') return undefined;
  const needed = (spec.maxBytes / first.bytes) * AIM_UNSHRUNK;
  const quality = highestWithin(spec, first.quality, first.quality - 1, needed, steepness);
  return quality >= floorOf(spec) + UNSHRUNK_MARGIN ? { quality, scale: 1 } : undefined;
}

/** Better quality first, then more pixels. */
function lessShrunk(
  { quality: from, scale }: Tried,
  most: number,
  room: number,
  steepness: number,
  { format }: FitSpec,
): Trial {
  // Noise goes with the pixels, and steepness with the noise.
  const here = 1 + (steepness - 1) * Math.sqrt(scale);
  const quality = highestWithin({ format }, from, most, room, here);
  if (quality > from && quality < most) return { quality, scale };
  const left = room / bytesRatio(format, from, quality) ** here;
  return { quality, scale: Math.min(1, scale * left ** (1 / (2 * GROWTH))) };
}

/** After two that were too large, with nothing to follow: this one has to fit. */
function lastTrial(first: Tried, second: Tried, spec: FitSpec): Trial | undefined {
  const floor = floorOf(spec);
  if (!spec.allowShrink) {
    const needed = AIM_LAST * (spec.maxBytes / second.bytes) ** 2;
    const cautious = Math.min(1, Math.max(0.8, steepnessOf(first, second, spec.format)));
    const quality = highestWithin(spec, second.quality, second.quality - 1, needed, cautious);
    return second.quality > floor ? { quality: Math.max(floor, quality), scale: 1 } : undefined;
  }
  // The further away, the less the prediction is worth.
  const needed = AIM_LAST * (spec.maxBytes / second.bytes) ** 1.25;
  if (second.scale === 1) {
    const steepness = steepnessOf(first, second, spec.format);
    const atFloor = bytesRatio(spec.format, second.quality, floor) ** steepness;
    if (second.quality > floor && atFloor <= needed) {
      return {
        quality: highestWithin(spec, second.quality, second.quality - 1, needed, steepness),
        scale: 1,
      };
    }
  }
  const growth = spec.format === 'avif' ? FLATTEST_GROWTH_AVIF : FLATTEST_GROWTH;
  return shrunk(second, { aim: second.bytes * needed, growth });
}

function shrunk(from: Trial & { bytes: number }, { aim, growth }: { aim: number; growth: number }): Trial {
  const { quality, scale, bytes } = from;
  return { quality, scale: scale * Math.min(1, aim / bytes) ** (1 / (2 * growth)) };
}

function floorOf({ format, quality, minQuality, allowShrink }: FitSpec): number {
  return Math.min(quality, minQuality ?? (allowShrink ? SOFTEST : LOWEST)[format]);
}

/**
 * How much more, or less, this picture's bytes change with quality than the mean of pictures, as a power: noise makes it
 * 2, dense detail 0.8.
 */
function steepnessOf(first: Tried, second: Tried, format: OutputFormat): number {
  const expected = bytesRatio(format, first.quality, second.quality);
  if (expected === 1) return 1;
  const seen = second.bytes / first.bytes / second.scale ** (2 * GROWTH);
  return Math.min(3, Math.max(0.5, Math.log(seen) / Math.log(expected)));
}

/** The highest quality up to `most` that takes at most `share` of the bytes at `from`; 1 when none does. */
function highestWithin(
  { format }: Pick<FitSpec, 'format'>,
  from: number,
  most: number,
  share: number,
  steepness: number,
): number {
  let quality = Math.max(1, most);
  while (quality > 1 && bytesRatio(format, from, quality) ** steepness > share) quality--;
  return quality;
}
