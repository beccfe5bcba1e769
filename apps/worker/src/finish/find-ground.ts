import { fitColourSurface } from './fit-colour-surface.ts';
import type { Raster } from './raster.ts';
import { shrinkRaster } from './shrink-raster.ts';

// As locals, because a module that runs in a vm context (Jest) pays dearly for every look at a global.
const { abs, floor, max, min } = Math;

/** Longer side of the map that decisions are made on: a quarter per cent of the frame, and 2–3 ms to flood. */
const MAP_SIDE = 400;
/** Share of the picture's border that has to agree on one smooth colour. */
const MIN_BORDER_SHARE = 0.5;
/** Largest tolerance in levels: a rougher border is not a ground but a scene. */
const MAX_TOLERANCE = 26;
/** Smallest: rounding, and the ripples that JPEG leaves in flat areas. */
const MIN_TOLERANCE = 3.5;

/**
 * On the map of a whole picture, soft light changes by at most this many levels a pixel. At 3 the flood already leaks
 * into glossy and pale products (seen on a mouse and a white plug).
 */
const GENTLE_STEP = 2;

/** What lies behind the product, on a small map of the picture. */
export interface Ground {
  width: number;
  height: number;
  /** The picture on the map, over white. */
  rgb: Uint8Array;
  /** Ground colour under every map pixel, three channels. */
  colour: Uint8Array;
  /** 1 where the ground shows, 0 where something stands on it, `SHADOW` once that is marked. */
  mask: Uint8Array;
  /** Largest channel difference from the ground colour. */
  distance: Uint8Array;
  /** Differences up to this many levels are the ground's own unevenness. */
  tolerance: number;
  /** Levels by which light may change from one map pixel to the next; an outline is steeper. */
  gentleStep: number;
  /** The picture brought its own cut-out: the mask is its transparency. */
  fromAlpha: boolean;
}

/**
 * Finds the ground from the border inward: fits one smooth colour to the border, then floods from there over
 * everything that keeps to it. White parts inside a product stay untouched, because no path of ground leads to
 * them. `part` is the share of the original picture that this one shows, if it was cropped. Returns `null` for a picture whose border has no common colour, such as a scene that fills the frame.
 */
export function findGround(picture: Raster, part = 1): Ground | null {
  const { rgb: map, alpha } = shrinkRaster(picture, MAP_SIDE);
  if (alpha) {
    const cutOut = fromTransparency(map, alpha);
    if (cutOut) return cutOut;
  }
  const border = borderPixels(map.width, map.height);
  const colour = fitColourSurface(map.data, map.width, map.height, everySecond(border)).paint();
  const distance = distances(map, colour);
  const errors = border.map((pixel) => distance[pixel] as number);
  const spread = 1.4826 * quantile(errors, 0.5);
  const near = errors.filter((error) => error <= max(6, min(MAX_TOLERANCE, 4 * spread)));
  if (near.length < MIN_BORDER_SHARE * border.length) return null;
  const tolerance = bounded(1.5 * quantile(near, 0.98) + 2);

  // The border alone says little about the middle; a second fit uses all the ground that the first one finds.
  const some = someOf(flood(map, distance, tolerance));
  const ground = groundOf(
    map,
    fitColourSurface(map.data, map.width, map.height, some).paint(),
    tolerance,
    part,
  );
  growOverGlow(ground);
  fillHoles(ground);
  return ground;
}

/** A ground whose darkest channel is below this shows its colour; above, it is some kind of white. */
const STRONG_BELOW = 180;

/** Whether leftovers of this ground would show on white. Judged by its first pixel: it varies little. */
export function isStrongGround({ colour }: Ground): boolean {
  return min(colour[0] ?? 255, colour[1] ?? 255, colour[2] ?? 255) < STRONG_BELOW;
}

/** The ground of a picture that is known to stand on pure white. */
export function findWhiteGround(picture: Raster): Ground {
  const { rgb: map } = shrinkRaster(picture, MAP_SIDE);
  return groundOf(map, new Uint8Array(map.data.length).fill(255), MIN_TOLERANCE, 1);
}

function groundOf(map: Raster, colour: Uint8Array, tolerance: number, part: number): Ground {
  const distance = distances(map, colour);
  const mask = flood(map, distance, tolerance);
  const { width, height } = map;
  return {
    width,
    height,
    rgb: map.data,
    colour,
    mask,
    distance,
    tolerance,
    gentleStep: GENTLE_STEP * part,
    fromAlpha: false,
  };
}

function fromTransparency(map: Raster, alpha: Uint8Array): Ground | null {
  const border = borderPixels(map.width, map.height);
  const clear = border.filter((pixel) => (alpha[pixel] as number) < 16);
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

function distances(map: Raster, colour: Uint8Array): Uint8Array {
  const { data } = map;
  const distance = new Uint8Array(map.width * map.height);
  for (let pixel = 0, i = 0; pixel < distance.length; pixel++, i += 3) {
    const red = abs((data[i] as number) - (colour[i] as number));
    const green = abs((data[i + 1] as number) - (colour[i + 1] as number));
    const blue = abs((data[i + 2] as number) - (colour[i + 2] as number));
    distance[pixel] = max(red, green, blue);
  }
  return distance;
}

function flood({ width, height }: Raster, distance: Uint8Array, tolerance: number): Uint8Array {
  const pixels = width * height;
  const mask = new Uint8Array(pixels);
  const queue = new Int32Array(pixels);
  let end = 0;
  const visit = (pixel: number): void => {
    if (mask[pixel] === 1 || (distance[pixel] as number) > tolerance) return;
    mask[pixel] = 1;
    queue[end++] = pixel;
  };
  for (const pixel of borderPixels(width, height)) visit(pixel);
  for (let start = 0; start < end; start++) {
    const pixel = queue[start] as number;
    const x = pixel % width;
    if (x > 0) visit(pixel - 1);
    if (x < width - 1) visit(pixel + 1);
    if (pixel >= width) visit(pixel - width);
    if (pixel < pixels - width) visit(pixel + width);
  }
  return mask;
}

/** Most that a pool of light brightens its ground. */
const MAX_GLOW = 1.3;

/**
 * A lamp on the ground is more than a quadratic can follow: ground that grows steadily brighter, in its own hue, is
 * ground too, with its own colour.
 */
function growOverGlow({ width, height, rgb, mask, colour, distance, gentleStep }: Ground): void {
  const queue = new Int32Array(mask.length);
  let end = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) if (mask[pixel] === 1) queue[end++] = pixel;
  const visit = (from: number, to: number): void => {
    if (mask[to] !== 0 || !isBrighterGround(rgb, colour, from, to, gentleStep)) return;
    mask[to] = 1;
    distance[to] = 0;
    colour.set(rgb.subarray(to * 3, to * 3 + 3), to * 3);
    queue[end++] = to;
  };
  for (let start = 0; start < end; start++) {
    const pixel = queue[start] as number;
    const x = pixel % width;
    if (x > 0) visit(pixel, pixel - 1);
    if (x < width - 1) visit(pixel, pixel + 1);
    if (pixel >= width) visit(pixel, pixel - width);
    if (pixel < width * (height - 1)) visit(pixel, pixel + width);
  }
}

function isBrighterGround(
  data: Uint8Array,
  colour: Uint8Array,
  from: number,
  to: number,
  maxStep: number,
): boolean {
  let least = 9;
  let most = 0;
  for (let c = 0; c < 3; c++) {
    const value = data[to * 3 + c] as number;
    if (abs(value - (data[from * 3 + c] as number)) > maxStep) return false;
    const light = value / max(1, colour[to * 3 + c] as number);
    if (light < least) least = light;
    if (light > most) most = light;
  }
  return least > 1 && most < MAX_GLOW && most - least < 0.05;
}

/**
 * Seen through a handle, a ground that is clearly not white would stay as a patch. It is opened only where it is
 * exactly the ground's colour over a fair area; on a whitish ground it is left, since it may be a white label.
 */
function fillHoles({ width, height, mask, distance, colour }: Ground): void {
  const seen = Uint8Array.from(mask);
  const smallest = width * height * 0.0008;
  for (let start = 0; start < seen.length; start++) {
    if (seen[start] === 1 || (distance[start] as number) > MIN_TOLERANCE || isWhitish(colour, start))
      continue;
    const hole = [start];
    seen[start] = 1;
    for (let i = 0; i < hole.length; i++) {
      const pixel = hole[i] as number;
      for (const next of [pixel - 1, pixel + 1, pixel - width, pixel + width]) {
        if (seen[next] !== 0 || (distance[next] as number) > MIN_TOLERANCE) continue;
        seen[next] = 1;
        hole.push(next);
      }
    }
    if (hole.length >= smallest) for (const pixel of hole) mask[pixel] = 1;
  }
}

function isWhitish(colour: Uint8Array, pixel: number): boolean {
  return min(...colour.subarray(pixel * 3, pixel * 3 + 3)) >= 240;
}

/** Half the border fits as well as all of it. */
function everySecond(pixels: number[]): number[] {
  return pixels.filter((_, i) => i % 2 === 0);
}

/** At most about 2,000 ground pixels, evenly spread: more do not move the fit. */
function someOf(mask: Uint8Array): number[] {
  const total = mask.reduce((sum, isGround) => sum + isGround, 0);
  const step = max(1, floor(total / 2000));
  const pixels: number[] = [];
  for (let pixel = 0, count = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] === 1 && count++ % step === 0) pixels.push(pixel);
  }
  return pixels;
}

function bounded(tolerance: number): number {
  return min(MAX_TOLERANCE, max(MIN_TOLERANCE, tolerance));
}

function quantile(values: number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[min(sorted.length - 1, floor(q * sorted.length))] ?? 0;
}
