import { maxChannelDifference } from '../../kernels/max-channel-difference.ts';
import { downsampled } from '../../raster/downsample.ts';
import type { Raster } from '../../raster/raster.ts';
import type { Background } from './background.ts';
import { extendOverHighlights } from './extend-over-highlights.ts';
import { fillHoles } from './fill-holes.ts';
import { fitColourSurface } from './fit-colour-surface.ts';
import { floodBackground } from './flood-background.ts';

/** Longer side of the map that decisions are made on: a quarter per cent of the frame, and 2–3 ms to flood. */
const MAP_SIDE = 400;
/** Share of the picture's border that has to agree on one smooth colour. */
const MIN_BORDER_SHARE = 0.5;
/** Largest tolerance in levels: a rougher border is not a background but a scene. */
const MAX_TOLERANCE = 26;
/** Smallest: rounding, and the ripples that JPEG leaves in flat areas. */
const MIN_TOLERANCE = 3.5;
/** A background whose darkest channel is below this is no kind of white: everything pale differs clearly from it. */
export const WHITISH = 200;
/**
 * On the map of a whole picture, soft light changes by at most this many levels a pixel. At 3 the flood already leaks
 * into glossy and pale products (seen on a mouse and a white plug).
 */
const GENTLE_STEP = 2;

/**
 * Finds the background from the border inward: fits one smooth colour to the border, then floods from there over
 * everything that keeps to it. White parts inside a product stay untouched, because no path of background leads to
 * them. `part` is the share of the original picture that this one shows, if it was cropped. Returns `null` for a picture whose border has no common colour, such as a scene that fills the frame.
 */
export function segmentBackground(picture: Raster, part = 1): Background | null {
  const { rgb: map, alpha } = downsampled(picture, MAP_SIDE);
  if (alpha) {
    const cutout = fromTransparency(map, alpha);
    if (cutout) return cutout;
  }
  const border = borderPixels(map.width, map.height);
  const colour = fitColourSurface(map.data, map.width, map.height, everySecond(border)).paint();
  const errors = border.map((pixel) => distanceAt(map.data, colour, pixel * 3));
  const spread = 1.4826 * quantile(errors, 0.5);
  const near = errors.filter((error) => error <= Math.max(6, Math.min(MAX_TOLERANCE, 4 * spread)));
  if (near.length < MIN_BORDER_SHARE * border.length) return null;
  const unevenness = 1.5 * quantile(near, 0.98);
  const tolerance = bounded(unevenness + 2);
  // The border says little about the middle: a second fit uses all the background that the first one finds.
  const first = floodBackground(map, maxChannelDifference(map.data, colour), tolerance);
  const surface = fitColourSurface(map.data, map.width, map.height, someOf(first)).paint();
  const found = backgroundOf(map, surface, tolerance, { part, block: blockOf(picture, map) });
  return fillHoles(extendOverHighlights(found));
}

/** Level of the darkest channel of a background's colour. Judged by its first pixel: it varies little. */
export function whitenessOf({ colour }: Background): number {
  return Math.min(colour[0] ?? 255, colour[1] ?? 255, colour[2] ?? 255);
}

/** Whether a background is some kind of white, on which something pale may hide. */
export function isWhitish(background: Background): boolean {
  return whitenessOf(background) >= WHITISH;
}

/** A background whose darkest channel is below this shows its colour; above, it is some kind of white. */
const STRONG_BELOW = 180;

/** Whether leftovers of this background would show on white. */
export function isStronglyColoured(background: Background): boolean {
  return whitenessOf(background) < STRONG_BELOW;
}

/** The background of a picture that is known to stand on pure white. */
export function segmentWhiteBackground(picture: Raster): Background {
  const { rgb: map } = downsampled(picture, MAP_SIDE);
  const white = new Uint8Array(map.data.length).fill(255);
  return backgroundOf(map, white, MIN_TOLERANCE, { part: 1, block: blockOf(picture, map) });
}

/** With half the colour resolution a block is 16 pixels wide. */
function blockOf(picture: Raster, map: Raster): number {
  return Math.min(16, Math.ceil((16 * map.width) / picture.width));
}

function backgroundOf(
  map: Raster,
  colour: Uint8Array,
  tolerance: number,
  { part, block }: { part: number; block: number },
): Background {
  const { data: rgb, width, height } = map;
  const distance = maxChannelDifference(rgb, colour);
  return {
    width,
    height,
    rgb,
    colour,
    mask: floodBackground(map, distance, tolerance),
    distance,
    tolerance,
    gentleStep: GENTLE_STEP * part,
    block,
    fromAlpha: false,
  };
}

function fromTransparency(map: Raster, alpha: Uint8Array): Background | null {
  const border = borderPixels(map.width, map.height);
  const clear = border.filter((pixel) => alpha[pixel] < 16);
  if (clear.length < MIN_BORDER_SHARE * border.length) return null;
  return {
    width: map.width,
    height: map.height,
    rgb: map.data,
    colour: new Uint8Array(map.data.length).fill(255),
    mask: Uint8Array.from(alpha, (value) => (value < 16 ? 1 : 0)),
    distance: alpha,
    tolerance: MIN_TOLERANCE,
    gentleStep: 0,
    block: 0,
    fromAlpha: true,
  };
}

/** Indices of the outermost two rows and columns. */
function borderPixels(width: number, height: number): number[] {
  const pixels: number[] = [];
  for (let y = 0; y < height; y++) {
    const edgeRow = y < 2 || y >= height - 2;
    for (let x = 0; x < width; x++) {
      if (edgeRow || x < 2 || x >= width - 2) pixels.push(y * width + x);
    }
  }
  return pixels;
}

/** Largest difference between the channels that begin at `i`. */
function distanceAt(data: Uint8Array, colour: Uint8Array, i: number): number {
  const red = Math.abs(data[i] - colour[i]);
  const green = Math.abs(data[i + 1] - colour[i + 1]);
  const blue = Math.abs(data[i + 2] - colour[i + 2]);
  return Math.max(red, green, blue);
}

/** Half the border fits as well as all of it. */
function everySecond(pixels: number[]): number[] {
  return pixels.filter((_, i) => i % 2 === 0);
}

/** At most about 2,000 background pixels, evenly spread: more do not move the fit. */
function someOf(mask: Uint8Array): number[] {
  let total = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) total += mask[pixel];
  const step = Math.max(1, Math.floor(total / 2000));
  const pixels: number[] = [];
  for (let pixel = 0, count = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] === 1 && count++ % step === 0) pixels.push(pixel);
  }
  return pixels;
}

function bounded(tolerance: number): number {
  return Math.min(MAX_TOLERANCE, Math.max(MIN_TOLERANCE, tolerance));
}

function quantile(values: number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}
