import type { OutputFormat } from '@image-studio/contract';
import type { FitSpec } from './fit-spec.ts';
import { bytesRatio } from './rate-curve.ts';

export interface Trial {
  quality: number;
  /** Of each side. */
  scale: number;
}

/** A trial and what came of it. */
export interface Tried extends Trial {
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
export function searchQuality(tried: readonly Tried[], spec: FitSpec): Trial | undefined {
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
