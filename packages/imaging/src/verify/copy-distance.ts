import { downsampled } from '../raster/downsample.ts';
import type { Raster } from '../raster/raster.ts';
import { resizeToSquare } from './resize-to-square.ts';

/** How two thumbprints are aligned. The distances that come of it are measured in
 * `check-unchanged.ts`. Halved and doubled over 48 photos sent back, whose `aligned` was 7.5 levels at most, and 48 right answers, which had 25.5 and more.
 */
const THRESHOLDS = {
  /** Pixels of a thumbprint's side: fine enough for a product, blind to codecs. Halved, echoes have up to 6.4 and right answers 26; doubled, 4.7 and 30, for four times the time. */
  side: 48,
  /** Pixels of a thumbprint by which it is shifted at most: 6 % of its side. Of 13 photos that were shifted by 5 %, at most 4.7 levels are left; with 1 pixel 13.9, with 6 still 4.7. */
  maxShift: 3,
  /** Step of the zoom around the best one of `ZOOMS`. Halved, crops by 3 % have up to 7.0 in place of 6.0; doubled, 6.1. */
  fineZoom: 0.02,
  /** Levels by which an echo may come back lighter or darker as a whole. Halved, echoes that are 5 % darker have up to 7.0 in place of 4.1; doubled, right answers come down to 24.3. */
  maxOffset: 8,
  /** Share by which an echo that was exposed anew is brighter or darker at most. A grey background made white takes twice that. Halved, echoes lit by 5 % keep 2.7 of `exposed` in place of 2.4; doubled, right answers come down from 23.5 to 19.4. */
  maxGain: 0.07,
  /** Levels that come on top of that share at most. Halved, `exposed` of crops rises from 7.3 to 9.5; doubled, right answers come down to 22.9. */
  maxLift: 5,
  /** Levels of the plain distance from which on no alignment is tried: photos cropped by 6 % measured 37 at most. Halved and doubled, no echo changes; at twice, all right answers are aligned in vain. */
  hopeless: 45,
};
/** Zooms that are tried, the likeliest first. */
const ZOOMS = [1, 0.95, 1.05, 0.9, 1.1];

export interface CopyDistance {
  /** Mean difference in levels (0–255) as they are; re-encoding and resizing leave less than 2. */
  exact: number;
  /** The least mean difference over small shifts, zooms and changes of brightness. */
  aligned: number;
  /** The least mean difference where the whole picture may also be a little brighter or darker, in proportion. */
  exposed: number;
}

export type Thumbprint = Float32Array;

/** A picture as a small square over white, to be compared; with `ratio` (width over height) only its middle of that ratio. */
export function thumbprintOf(picture: Raster, ratio?: number): Thumbprint {
  // Averaged to twice the size first: a model's picture has millions of pixels, of which a grid says as much.
  const small = downsampled(picture, 2 * THRESHOLDS.side).rgb;
  const { width, height } = small;
  const kept = ratio === undefined ? { width, height } : middleOf(width, height, ratio);
  const left = Math.floor((width - kept.width) / 2);
  const top = Math.floor((height - kept.height) / 2);
  return resizeToSquare(small, { left, top, ...kept }, THRESHOLDS.side);
}

/** The thumbprint of the mirrored picture, or of the same one, turned clockwise by `quarters`. */
export function turnedThumbprint(print: Thumbprint, quarters: number, isMirrored: boolean): Thumbprint {
  const turned = new Float32Array(print.length);
  const last = THRESHOLDS.side - 1;
  for (let y = 0, to = 0; y < THRESHOLDS.side; y++) {
    for (let x = 0; x < THRESHOLDS.side; x++, to += 3) {
      let [u, v] = [x, y];
      for (let quarter = 0; quarter < quarters; quarter++) [u, v] = [v, last - u];
      const from = (v * THRESHOLDS.side + (isMirrored ? last - u : u)) * 3;
      for (let c = 0; c < 3; c++) turned[to + c] = print[from + c];
    }
  }
  return turned;
}

/** Mean difference in levels as they are. */
export function plainDistance(answer: Thumbprint, photo: Thumbprint): number {
  return distanceAt(answer, photo, 1, 0, 0, 1);
}

function middleOf(width: number, height: number, ratio: number): { width: number; height: number } {
  return width / height > ratio
    ? { width: Math.max(1, Math.round(height * ratio)), height }
    : { width, height: Math.max(1, Math.round(width / ratio)) };
}

/** How far a model's answer is from being the photo it was given. */
export function copyDistance(answer: Thumbprint, photo: Thumbprint): CopyDistance {
  const exact = distanceAt(answer, photo, 1, 0, 0, 1);
  if (exact > THRESHOLDS.hopeless)
    return { exact: rounded(exact), aligned: rounded(exact), exposed: rounded(exact) };
  let best = { distance: exact, zoom: 1, dx: 0, dy: 0 };
  for (const zoom of ZOOMS) {
    for (let dy = -THRESHOLDS.maxShift; dy <= THRESHOLDS.maxShift; dy++) {
      for (let dx = -THRESHOLDS.maxShift; dx <= THRESHOLDS.maxShift; dx++) {
        // Every second pixel of every second row finds the place, which is then measured in full.
        const distance = distanceAt(answer, photo, zoom, dx, dy, 2, best.distance);
        if (distance < best.distance) best = { distance, zoom, dx, dy };
      }
    }
  }
  best = refined(answer, photo, best);
  const aligned = distanceAt(answer, photo, best.zoom, best.dx, best.dy, 1);
  const exposed = exposedDistance(answer, photo, best.zoom, best.dx, best.dy);
  return { exact: rounded(exact), aligned: rounded(Math.min(exact, aligned)), exposed: rounded(exposed) };
}

interface Place {
  distance: number;
  zoom: number;
  dx: number;
  dy: number;
}

/** Between the steps of the search: at hard edges half a pixel is worth ten levels. */
function refined(answer: Thumbprint, photo: Thumbprint, coarse: Place): Place {
  let best = coarse;
  for (const zoom of [coarse.zoom - THRESHOLDS.fineZoom, coarse.zoom, coarse.zoom + THRESHOLDS.fineZoom]) {
    for (const dy of [coarse.dy - 0.5, coarse.dy, coarse.dy + 0.5]) {
      for (const dx of [coarse.dx - 0.5, coarse.dx, coarse.dx + 0.5]) {
        const distance = distanceAt(answer, photo, zoom, dx, dy, 2, best.distance);
        if (distance < best.distance) best = { distance, zoom, dx, dy };
      }
    }
  }
  return best;
}

const differences = new Float32Array(THRESHOLDS.side * THRESHOLDS.side * 3);
const levels = new Float32Array(THRESHOLDS.side * THRESHOLDS.side * 3);

/**
 * Mean absolute difference where both overlap, after taking away what is only brighter or darker as a whole. Beyond `enough` it
 * is some number above that: nobody asks by how much.
 */
function distanceAt(
  answer: Thumbprint,
  photo: Thumbprint,
  zoom: number,
  dx: number,
  dy: number,
  step: number,
  enough = Number.POSITIVE_INFINITY,
): number {
  const count = compare(answer, photo, zoom, dx, dy, step);
  let bias = 0;
  for (let i = 0; i < count; i++) bias += differences[i];
  const offset = Math.max(-THRESHOLDS.maxOffset, Math.min(THRESHOLDS.maxOffset, bias / Math.max(1, count)));
  let sum = 0;
  const most = enough * count;
  for (let i = 0; i < count && sum <= most; i++) sum += Math.abs(differences[i] - offset);
  return sum / Math.max(1, count);
}

/** Mean absolute difference without what another exposure does: the line that fits the differences, within its bounds. */
function exposedDistance(
  answer: Thumbprint,
  photo: Thumbprint,
  zoom: number,
  dx: number,
  dy: number,
): number {
  const count = Math.max(1, compare(answer, photo, zoom, dx, dy, 1));
  let [level, difference, squares, products] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const [x, y] = [levels[i], differences[i]];
    level += x;
    difference += y;
    squares += x * x;
    products += x * y;
  }
  const spread = squares - (level * level) / count;
  const slope = spread > 0 ? (products - (level * difference) / count) / spread : 0;
  const gain = Math.max(-THRESHOLDS.maxGain, Math.min(THRESHOLDS.maxGain, slope));
  const lift = Math.max(
    -THRESHOLDS.maxLift,
    Math.min(THRESHOLDS.maxLift, (difference - gain * level) / count),
  );
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.abs(differences[i] - gain * levels[i] - lift);
  return sum / count;
}

/** Where the photo is sampled in each column: the left one of two of its columns, and the right one's share. */
const lefts = new Int32Array(THRESHOLDS.side);
const rightShares = new Float64Array(THRESHOLDS.side);
/** The answer's columns that lie upon the photo. */
const columns = new Int32Array(THRESHOLDS.side);

/** Fills `differences` and the photo's `levels` where both overlap; how many they are. */
function compare(
  answer: Thumbprint,
  photo: Thumbprint,
  zoom: number,
  dx: number,
  dy: number,
  step: number,
): number {
  const { side } = THRESHOLDS;
  const centre = (side - 1) / 2;
  let across = 0;
  for (let x = 0; x < side; x += step) {
    const u = (x - centre) * zoom + centre + dx;
    if (u < 0 || u > side - 1) continue;
    const left = Math.min(side - 2, Math.floor(u));
    columns[across] = x * 3;
    lefts[across] = left * 3;
    rightShares[across++] = u - left;
  }
  let count = 0;
  for (let y = 0; y < side; y += step) {
    const v = (y - centre) * zoom + centre + dy;
    if (v < 0 || v > side - 1) continue;
    const top = Math.min(side - 2, Math.floor(v));
    const share = v - top;
    const upperShare = 1 - share;
    const row = top * side * 3;
    for (let column = 0; column < across; column++) {
      const right = rightShares[column];
      const left = 1 - right;
      const at = y * side * 3 + columns[column];
      for (let c = 0; c < 3; c++) {
        const i = row + lefts[column] + c;
        const k = i + side * 3;
        const upper = photo[i] * left + photo[i + 3] * right;
        const lower = photo[k] * left + photo[k + 3] * right;
        const level = upper * upperShare + lower * share;
        levels[count] = level;
        differences[count++] = answer[at + c] - level;
      }
    }
  }
  return count;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
