import { maxChannelDifference } from '../../kernels/max-channel-difference.ts';
import { pixelsWhere } from '../../kernels/pixels-where.ts';
import { downsampled } from '../../raster/downsample.ts';
import type { Raster } from '../../raster/raster.ts';
import { findRuns } from '../mask/connected-components.ts';
import type { Background } from './background.ts';
import { extendOverHighlights } from './extend-over-highlights.ts';
import { fillHoles } from './fill-holes.ts';
import { fitColourSurface } from './fit-colour-surface.ts';

/** Longer side of the map that decisions are made on: a quarter per cent of the frame, and 2–3 ms to flood. */
const MAP_SIDE = 400;
/** A background whose darkest channel is below this is no kind of white: everything pale differs clearly from it. */
export const WHITISH = 200;
/**
 * What makes the border of a picture a background, and what keeps to it. "a / b": so many of 216 photos with a known cut-out are right and
 * sure, and sure but wrong; with the numbers as they are 151 / 4.
 */
const THRESHOLDS = {
  /** Share of the border that has to agree on one smooth colour: as much as the fit of that colour needs. Of the catalogue's photos with a background 0.55 to 1 agreed, of 328 composites 0.998 and more; of a board that fills the frame 0.29. */
  borderShare: 0.5,
  /** What agrees: levels from the fitted colour, or so many times the border's spread (its median error, as a standard deviation). 98 of 100 agreeing pixels measured up to 3 levels on even backgrounds, and 1.9 to 3.7 spreads on rough ones. */
  agrees: { levels: 6, spreads: 4 },
  /** Unevenness in levels: this quantile of the errors of what agrees, times so much. The quantile halved 142 / 6, the largest error instead 148 / 7; the factor halved 148 / 5, doubled 148 / 7. */
  unevenness: { quantile: 0.98, times: 1.5 },
  /** Levels that a background may differ from its colour above its unevenness. Halved 150 / 4, and 85 of 242 photos are cut otherwise. */
  margin: 2,
  /** Tolerance in levels. Least: rounding, and the ripples that JPEG leaves in flat areas. Most: a rougher border is a scene. The least halved 151 / 4, doubled 143 / 6; the most halved 149 / 4, doubled 150 / 5. */
  tolerance: { least: 3.5, most: 26 },
  /** Levels by which soft light changes from one pixel of a whole picture's map to the next. At 3 the flood leaked into a glossy mouse and a white plug. Halved 152 / 7, doubled 151 / 5. */
  gentleStep: 2,
  /** Opacity below which a pixel of a cut-out is background. At 8 and at 32, the rope that the catalogue has with transparency has another outline. */
  clear: 16,
};

/** From a median error to a standard deviation. */
const DEVIATIONS = 1.4826;

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
  const { agrees, borderShare, unevenness, margin } = THRESHOLDS;
  const spread = DEVIATIONS * quantile(errors, 0.5);
  const most = Math.max(agrees.levels, Math.min(THRESHOLDS.tolerance.most, agrees.spreads * spread));
  const near = errors.filter((error) => error <= most);
  if (near.length < borderShare * border.length) return null;
  const tolerance = bounded(unevenness.times * quantile(near, unevenness.quantile) + margin);
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
  return backgroundOf(map, white, THRESHOLDS.tolerance.least, { part: 1, block: blockOf(picture, map) });
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
    gentleStep: THRESHOLDS.gentleStep * part,
    block,
    fromAlpha: false,
  };
}

function fromTransparency(map: Raster, alpha: Uint8Array): Background | null {
  const border = borderPixels(map.width, map.height);
  const clear = border.filter((pixel) => alpha[pixel] < THRESHOLDS.clear);
  if (clear.length < THRESHOLDS.borderShare * border.length) return null;
  return {
    width: map.width,
    height: map.height,
    rgb: map.data,
    colour: new Uint8Array(map.data.length).fill(255),
    mask: Uint8Array.from(alpha, (value) => (value < THRESHOLDS.clear ? 1 : 0)),
    distance: alpha,
    tolerance: THRESHOLDS.tolerance.least,
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
  const { least, most } = THRESHOLDS.tolerance;
  return Math.min(most, Math.max(least, tolerance));
}

function quantile(values: number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

/**
 * Floods the background from the border inward over everything within `tolerance` of its colour: 1 where it comes. `distance` is
 * each pixel's difference from the background's colour.
 */
function floodBackground({ width, height }: Raster, distance: Uint8Array, tolerance: number): Uint8Array {
  return floodFrom(pixelsWhere({ of: distance, most: tolerance }), width, height);
}

/** Marks what is open and can be reached from the border's open pixels: the outermost two rows and columns. */
function floodFrom(open: Uint8Array, width: number, height: number): Uint8Array {
  const { starts, ends, roots, count } = findRuns(open, width);
  const isReached = new Uint8Array(count);
  for (let run = 0; run < count; run++) {
    const start = starts[run];
    const row = Math.floor(start / width);
    const left = start - row * width;
    const right = ends[run] - row * width;
    if (row < 2 || row >= height - 2 || left < 2 || right > width - 2) isReached[roots[run]] = 1;
  }
  const mask = new Uint8Array(open.length);
  for (let run = 0; run < count; run++) {
    if (isReached[roots[run]] === 1) mask.fill(1, starts[run], ends[run]);
  }
  return mask;
}
