import type { Background } from '../background/background.ts';
import { boundaryPixels } from '../mask/boundary-pixels.ts';
import { type Segmentation, SHADOW, withOwnMask } from '../segmentation.ts';

/** Thresholds of a soft shadow that begins in the lit background. What "shadows" measured: those drawn under the products of 328 photos with a known cut-out, 99 of 100 pixels. */
const THRESHOLDS = {
  /** Spread of the light over the channels that a shadow has at most: it has its background's hue. Shadows on grey and white measured up to 0.014, half of the pixels of products 0.17 and more. */
  maxTint: 0.05,
  /** Spread of the light at most on a coloured background, where scattered light shifts the hue more, and hardly any product has just that colour. Shadows measured up to 0.04 (the last pixel 0.10), half of the pixels of products 0.37 and more. */
  maxTintOnColour: 0.15,
  /** Levels between the channels from which on a background counts as coloured. Backgrounds measured 0 to 30 (cloth), or 59 and more. */
  coloured: 40,
  /** Share of its product beyond which a "shadow" is a pale product that fades into its background. Shadows measured 0.04 to 0.7 of their product; at 0.4, 3 right cuts of 216 are lost. */
  maxArea: 0.8,
  /** Gentle steps that a shadow's own steps may have where the product clearly has another hue than its background; the product's outline has 30 levels and more within two pixels. Soft shadows measured up to 5 gentle steps, hard ones 14; with 3, 152 of 216 cuts are right and sure and 5 wrong, with 6 151 and 4. */
  steep: 6,
  /** Levels between two channels' differences from the background from which on a colour is clearly another; glossy brown plastic has 30. At 25, 155 of 216 cuts are right and sure, at 100 140, at 50 151. */
  clearHue: 50,
  /** Share of the product's pixels that have such a colour, from which on the product clearly has another hue. At 0.3, 153 of 216 cuts are right and sure, never 120. */
  minClear: 0.6,
  /** Levels, above half the background's tolerance, by which light may come back on the way into a shadow: towards its product a shadow only grows darker, while a pale sole or cuff that it lies under is lighter again. Halved 59, doubled 57 of 242 photos are cut otherwise, and doubled, one more loses a part unsaid. */
  relit: 3,
  /** Map pixels of the middle row over which a shadow that ends there would go on, from which on it is followed. Halved 2, doubled 3 of 242 photos are cut otherwise, none righter or wronger. */
  leastBeyond: 8,
  /** Share of the background's light below which a shadow is a dark product. Shadows kept 0.42 and more, half of the pixels of products less than 0.45. */
  minLight: 0.35,
};

/**
 * Marks the background that is merely darker: reached from the lit background in small steps, with the background's hue. It does
 * not count as product, and it is lightened together with its background instead of staying as a grey stain.
 */
export function markShadow(before: Segmentation): Segmentation {
  const background = withOwnMask(before);
  const { width, mask } = background;
  const isColoured = isClearlyColoured(background);
  const maxStep = background.gentleStep * (isColoured ? THRESHOLDS.steep : 1);
  // Of a product in the background's own hue, only the lower half may have shadow about it: above, it would be gloss.
  const firstPixel =
    isColoured || hueSpread(background.colour, 0) > THRESHOLDS.coloured ? 0 : middleRow(background) * width;
  const limits = {
    firstPixel,
    maxStep,
    deepest: new Uint8Array(mask.length),
    relit: isColoured ? 255 : THRESHOLDS.relit + background.tolerance / 2,
  };
  const { queue, end } = boundaryPixels(mask, width);
  follow(background, limits, queue, end);
  const above = beyondMiddle(background, limits);
  if (above.length >= THRESHOLDS.leastBeyond) {
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
  if (shadow <= THRESHOLDS.maxArea * product) return background;
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

/** The row half way between the top and the bottom of the product. */
function middleRow({ mask, width }: Background): number {
  const first = mask.indexOf(0);
  const last = mask.lastIndexOf(0);
  return first < 0 ? 0 : Math.floor((Math.floor(first / width) + Math.floor(last / width)) / 2);
}

/** Whether the product, as far as the mask has one by now, clearly has another hue than its background. */
function isClearlyColoured({ rgb, colour, mask }: Background): boolean {
  let clear = 0;
  let total = 0;
  for (let pixel = 0, i = 0; pixel < mask.length; pixel++, i += 3) {
    if (mask[pixel] !== 0) continue;
    total++;
    const red = rgb[i] - colour[i];
    const green = rgb[i + 1] - colour[i + 1];
    const blue = rgb[i + 2] - colour[i + 2];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) >= THRESHOLDS.clearHue) clear++;
  }
  return clear > THRESHOLDS.minClear * total;
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
  const isColoured = hueSpread(colour, pixel) > THRESHOLDS.coloured;
  return (
    most < 1 &&
    least > THRESHOLDS.minLight &&
    most - least < (isColoured ? THRESHOLDS.maxTintOnColour : THRESHOLDS.maxTint)
  );
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
