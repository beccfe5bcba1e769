import type { Background } from '../background/background.ts';
import { boundaryPixels } from '../mask/boundary-pixels.ts';
import { type Segmentation, withOwnMask } from '../segmentation.ts';

/** `Background.mask` where the background lies in the product's soft shadow. */
export const SHADOW = 2;

/** Largest difference between the channels' darkening: a shadow has its background's hue. */
const MAX_TINT = 0.05;
/** Levels between the channels from which on a background counts as coloured. */
const COLOURED_BACKGROUND = 40;
/** On a coloured background scattered light shifts the hue more, and hardly any product has just that colour. */
const MAX_TINT_ON_COLOUR = 0.15;
/** A "shadow" that is larger than this share of its product is a pale product that fades into its background. */
const MAX_AREA = 0.8;
/**
 * Where the product clearly has another hue than its background, only the shadow looks like darker background, and it may be
 * as steep as this many gentle steps. The product's own outline is steeper still: 30 levels and more within two pixels.
 */
const STEEP = 6;
/** Levels between two channels by which a colour differs clearly from the background's; glossy brown plastic has 30. */
const CLEAR_HUE = 50;
/**
 * Levels, above half the background's tolerance, by which light may come back on the way into a shadow: towards its product
 * a shadow only grows darker, while a pale sole or cuff that it lies under is lighter again.
 */
const RELIT = 3;
/** Share of what stands on the background that has such a colour, for that to hold. */
const MIN_CLEAR = 0.6;
/** Map pixels in the middle row over which a shadow that ends there would go on, from which on it is followed. */
const LEAST_BEYOND = 8;
/** A shadow that swallows more light than this is a dark product. */
const MIN_LIGHT = 0.35;

/**
 * Marks the background that is merely darker: reached from the lit background in small steps, with the background's hue. It does
 * not count as product, and it is lightened together with its background instead of staying as a grey stain.
 */
export function markShadow(before: Segmentation): Segmentation {
  const background = withOwnMask(before);
  const { width, mask } = background;
  const isColoured = isClearlyColoured(background);
  const maxStep = background.gentleStep * (isColoured ? STEEP : 1);
  // Of a product in the background's own hue, only the lower half may have shadow about it: above, it would be gloss.
  const firstPixel =
    isColoured || hueSpread(background.colour, 0) > COLOURED_BACKGROUND ? 0 : middleRow(background) * width;
  const limits = {
    firstPixel,
    maxStep,
    deepest: new Uint8Array(mask.length),
    relit: isColoured ? 255 : RELIT + background.tolerance / 2,
  };
  const { queue, end } = boundaryPixels(mask, width);
  follow(background, limits, queue, end);
  const above = beyondMiddle(background, limits);
  if (above.length >= LEAST_BEYOND) {
    // A shadow does not end at a line, so it is one as a whole or not at all.
    limits.firstPixel = 0;
    queue.set(above);
    follow(background, limits, queue, above.length);
  }
  let shadow = 0;
  let product = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] === SHADOW) shadow++;
    else if (mask[pixel] === 0) product++;
  }
  if (shadow <= MAX_AREA * product) return background;
  for (let pixel = 0; pixel < mask.length; pixel++) if (mask[pixel] === SHADOW) mask[pixel] = 0;
  return background;
}

/** Follows the shadow from the queued pixels on. */
function follow(background: Background, limits: Limits, queue: Int32Array, queued: number): void {
  const { width, height } = background;
  let end = queued;
  for (let i = 0; i < end; i++) {
    const pixel = queue[i];
    const x = pixel % width;
    if (x > 0) end = visit(background, limits, queue, end, pixel, pixel - 1);
    if (x < width - 1) end = visit(background, limits, queue, end, pixel, pixel + 1);
    if (pixel >= width) end = visit(background, limits, queue, end, pixel, pixel - width);
    if (pixel < width * (height - 1)) end = visit(background, limits, queue, end, pixel, pixel + width);
  }
}

/** What the shadow would go on from, upward over the row that it may not pass. */
function beyondMiddle(background: Background, limits: Limits): number[] {
  const { width, mask } = background;
  const { firstPixel } = limits;
  const above: number[] = [];
  if (firstPixel === 0) return above;
  for (let pixel = firstPixel; pixel < firstPixel + width; pixel++) {
    if (mask[pixel] === SHADOW && mayGoOn(background, limits, pixel, pixel - width)) above.push(pixel);
  }
  return above;
}

interface Limits {
  firstPixel: number;
  maxStep: number;
  /** Largest difference from the background on the way to each marked pixel, and how far it may fall again. */
  deepest: Uint8Array;
  relit: number;
}

/** Marks a pixel beside a marked one, if it is darker background too. Returns the queue's new end. */
function visit(
  background: Background,
  limits: Limits,
  queue: Int32Array,
  end: number,
  from: number,
  to: number,
): number {
  if (to < limits.firstPixel || !mayGoOn(background, limits, from, to)) return end;
  const { deepest } = limits;
  background.mask[to] = SHADOW;
  deepest[to] = Math.max(background.distance[to], deepest[from]);
  queue[end] = to;
  return end + 1;
}

function mayGoOn(background: Background, limits: Limits, from: number, to: number): boolean {
  const { mask, distance } = background;
  if (mask[to] !== 0) return false;
  if (distance[to] + limits.relit < limits.deepest[from]) return false;
  return isDarkerBackground(background, to) && step(background, from, to) <= limits.maxStep;
}

/** Half way down what stands on the background. */
function middleRow({ mask, width }: Background): number {
  const first = mask.indexOf(0);
  const last = mask.lastIndexOf(0);
  return first < 0 ? 0 : Math.floor((Math.floor(first / width) + Math.floor(last / width)) / 2);
}

/** Whether most of what is not background has clearly another hue. */
function isClearlyColoured({ rgb, colour, mask }: Background): boolean {
  let clear = 0;
  let total = 0;
  for (let pixel = 0, i = 0; pixel < mask.length; pixel++, i += 3) {
    if (mask[pixel] !== 0) continue;
    total++;
    const red = rgb[i] - colour[i];
    const green = rgb[i + 1] - colour[i + 1];
    const blue = rgb[i + 2] - colour[i + 2];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) >= CLEAR_HUE) clear++;
  }
  return clear > MIN_CLEAR * total;
}

/** Whether a pixel is the background in less light, with its hue. */
export function isDarkerBackground({ rgb, colour }: Background, pixel: number): boolean {
  let least = 2;
  let most = 0;
  for (let i = pixel * 3; i < pixel * 3 + 3; i++) {
    const light = rgb[i] / Math.max(1, colour[i]);
    if (light < least) least = light;
    if (light > most) most = light;
  }
  const isColoured = hueSpread(colour, pixel) > COLOURED_BACKGROUND;
  return most < 1 && least > MIN_LIGHT && most - least < (isColoured ? MAX_TINT_ON_COLOUR : MAX_TINT);
}

/** Levels between a colour's strongest and weakest channel. */
function hueSpread(colour: Uint8Array, pixel: number): number {
  const red = colour[pixel * 3];
  const green = colour[pixel * 3 + 1];
  const blue = colour[pixel * 3 + 2];
  return Math.max(red, green, blue) - Math.min(red, green, blue);
}

function step({ rgb }: Background, a: number, b: number): number {
  let most = 0;
  for (let c = 0; c < 3; c++) {
    const difference = Math.abs(rgb[a * 3 + c] - rgb[b * 3 + c]);
    if (difference > most) most = difference;
  }
  return most;
}
