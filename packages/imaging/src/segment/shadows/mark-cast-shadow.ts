import type { Background } from '../background/background.ts';
import { isWhitish } from '../background/segment-background.ts';
import { connectedComponents } from '../mask/connected-components.ts';
import { meanOver } from '../mask/mean-over.ts';
import { neighbours } from '../mask/neighbours.ts';
import { type Segmentation, withOwnMask } from '../segmentation.ts';
import { SHADOW } from './mark-shadow.ts';

/** Levels between a background's channels from which on its hue alone tells it from the product. */
const COLOURED = 40;
/** Largest difference between the channels' darkening on such a background; a grey stool on blue differs by 0.2 and more. */
const TINT_ON_COLOUR = 0.11;
/** The same where the region also fades into its background: a pot throws its own light into its shadow. */
const TINT_BESIDE_COLOUR = 0.3;
/** The same on a grey background, where most products are grey somewhere. */
const TINT = 0.09;
/** A grey shadow that swallows more light than this cannot be told from a dark product. */
const LEAST_LIGHT = 0.3;
/** Levels between neighbours: a shadow is smooth, cloth and plastic with an outline are not. */
const SMOOTH = 7;
/** Median step in levels between a shadow and the lit background around it; a product's outline measures 12 and more. */
const SOFT_EDGE = 7;
/** Where it meets the lit background a shadow differs from it by at most this share of what it does on the whole. */
const FADED = 0.6;
/** Share of its outline with which a shadow lies on known background: real ones measured 0.37 and more, a metal plate on a drive 0.21. */
const LEAST_CONTACT = 0.3;
/** A "shadow" larger than this share of the rest is the product itself. */
const MAX_SHARE = 0.6;
/** A background whose every channel is darker than this swallows the hue of its shadows. */
const DARK = 100;
/** Light that such a shadow has left at most, in every channel; a ball's own dark side kept three quarters of its green. */
const DEEP = 0.5;
/** On a dark background the light that a bright product throws beside itself shows too. */
const MOST_BOUNCE = 1.35;
/** Map pixels without a neighbour of the product that a piece of enclosed background has, and their share of it. */
const LEAST_CORE = 6;
const LEAST_CORE_SHARE = 0.25;
/** Smaller pieces are decided by `sweep`. */
const LEAST_PIXELS = 8;

/**
 * Marks the shadow that a product throws in a photo, on top of what `markShadow` found: every smooth region of the background's
 * hue that borders on it softly, and on a coloured background every region of its hue, even one that legs or loops
 * enclose.
 */
export function markCastShadow(before: Segmentation): Segmentation {
  const background = withOwnMask(before);
  const isColoured = hueSpread(background) > COLOURED;
  if (isColoured) absorb(background, (pixel) => lightOn(background, pixel, 1.15, TINT_ON_COLOUR), isEnough);
  const isBlack = isDark(background);
  const tint = isColoured || isBlack ? TINT_BESIDE_COLOUR : TINT;
  const mostLight = isBlack ? MOST_BOUNCE : 1;
  absorb(
    background,
    (pixel) => lightOn(background, pixel, mostLight, tint) && isSmooth(background, pixel),
    isSoft,
  );
  if (isBlack) absorb(background, (pixel) => isDeep(background, pixel), reachesBorder);
  return background;
}

/** Marks every region of candidates that `isShadow` and that leaves most of the product in place. */
function absorb(
  background: Background,
  isCandidate: (pixel: number) => boolean,
  isShadow: (region: Int32Array, background: Background) => boolean,
): void {
  const { mask } = background;
  const candidates = new Uint8Array(mask.length);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] === 0 && isCandidate(pixel)) candidates[pixel] = 1;
  }
  let total = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) if (mask[pixel] === 0) total++;
  for (const region of connectedComponents(candidates, background.width)) {
    if (region.length < LEAST_PIXELS || region.length > MAX_SHARE * (total - region.length)) continue;
    if (isShadow(region, background)) for (const pixel of region) mask[pixel] = SHADOW;
  }
}

function hueSpread({ colour }: Background): number {
  const [red = 0, green = 0, blue = 0] = colour;
  return Math.max(red, green, blue) - Math.min(red, green, blue);
}

function isDark({ colour }: Background): boolean {
  const [red = 0, green = 0, blue = 0] = colour;
  return Math.max(red, green, blue) < DARK;
}

/** Whether a pixel shows the background in less light (or up to `mostLight` of it), with its hue kept within `tint`. */
function lightOn({ rgb, colour }: Background, pixel: number, mostLight: number, tint: number): boolean {
  let least = 2;
  let most = 0;
  for (let i = pixel * 3; i < pixel * 3 + 3; i++) {
    const light = rgb[i] / Math.max(1, colour[i]);
    if (light < least) least = light;
    if (light > most) most = light;
  }
  return least > LEAST_LIGHT && most < mostLight && most - least < tint;
}

/** Whether a pixel is so much darker than a dark background that it shows hardly any of its hue. */
function isDeep({ rgb, colour }: Background, pixel: number): boolean {
  for (let i = pixel * 3; i < pixel * 3 + 3; i++) {
    if (rgb[i] > DEEP * colour[i]) return false;
  }
  return true;
}

function reachesBorder(region: Int32Array, { width, height }: Background): boolean {
  const last = width * (height - 1);
  return region.some((pixel) => {
    return pixel < width || pixel >= last || pixel % width === 0 || pixel % width === width - 1;
  });
}

/** An outline's mixed pixels may happen to have the background's hue; a piece of background is more than a line of them. */
function isEnough(region: Int32Array, background: Background): boolean {
  const inside = marked(region, background);
  let core = 0;
  for (const pixel of region) {
    if (neighbours(pixel, background).every((next) => inside[next] === 1 || background.mask[next] !== 0))
      core++;
  }
  return core >= LEAST_CORE && core > LEAST_CORE_SHARE * region.length;
}

function isSmooth(background: Background, pixel: number): boolean {
  for (const next of neighbours(pixel, background)) if (step(background, pixel, next) > SMOOTH) return false;
  return true;
}

/** A map with 1 on the region: looked up far faster than a set. */
function marked(region: Int32Array, { mask }: Background): Uint8Array {
  const map = new Uint8Array(mask.length);
  for (const pixel of region) map[pixel] = 1;
  return map;
}

/** Whether a region lies on known background with a fair part of its outline, and fades into it there. */
function isSoft(region: Int32Array, background: Background): boolean {
  const inside = marked(region, background);
  const { mask, distance } = background;
  // On white a pale part of the product has no steeper outline than a shadow, but it does not grow darker inward.
  const faint = isWhitish(background) ? FADED * meanOver(region, distance) : 255;
  let outline = 0;
  let contacts = 0;
  let hard = 0;
  for (const pixel of region) {
    for (const next of neighbours(pixel, background)) {
      if (inside[next] === 1) continue;
      outline++;
      if (mask[next] === 0) continue;
      contacts++;
      const edge = step(background, pixel, next);
      const isRim = mask[next] === 1 && edge > background.gentleStep && distance[pixel] > faint;
      if (edge > SOFT_EDGE || isRim) hard++;
    }
  }
  return contacts >= LEAST_CONTACT * outline && hard <= contacts / 2;
}

function step({ rgb }: Background, a: number, b: number): number {
  let most = 0;
  for (let c = 0; c < 3; c++) {
    const difference = Math.abs(rgb[a * 3 + c] - rgb[b * 3 + c]);
    if (difference > most) most = difference;
  }
  return most;
}
