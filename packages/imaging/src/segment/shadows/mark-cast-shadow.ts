import type { Background } from '../background/background.ts';
import { isWhitish } from '../background/segment-background.ts';
import { connectedComponents } from '../mask/connected-components.ts';
import { meanOver, neighbours } from '../mask/mask-pixels.ts';
import { type Segmentation, SHADOW, withOwnMask } from '../segmentation.ts';

/** Thresholds of a cast shadow. "Of 26": photos of the catalogue and drawn ones that are cut otherwise when the number is halved or doubled. */
const THRESHOLDS = {
  /** Levels between the channels of a background from which on its hue alone tells shadow from product. Halved 0, doubled 1 of 26 photos are cut otherwise. */
  coloured: 40,
  /** Spread of the light over the channels that such a shadow has at most; a grey stool on blue measured 0.2 and more. Halved 2, doubled 2 of 26. */
  tintOnColour: 0.11,
  /** Spread of the light over the channels at most where the region also fades into its coloured background: a pot throws its own light into its shadow. Halved 2, doubled 1 of 26. */
  tintBesideColour: 0.3,
  /** Spread of the light over the channels at most on a grey background, where most products are grey somewhere. Halved 1, doubled 0 of 26. */
  tint: 0.09,
  /** Light of an enclosed piece of a coloured background at most, as a share of the background's own: what encloses it may light it. Halved 12, doubled 2 of 128 photos are cut otherwise, none righter or wronger. */
  mostLightOnColour: 1.15,
  /** Share of the background's light from which on a grey region can be its shadow; below, it may be a dark product. Halved 0, doubled 2 of 26. */
  leastLight: 0.3,
  /** Levels between neighbours within a shadow at most; cloth and plastic with an outline have more. Halved 13, doubled 9 of 26. */
  smooth: 7,
  /** Levels of a step between a shadow and the lit background that is no hard edge; a product's outline measured 12 and more. Halved 4, doubled 0 of 26. */
  softEdge: 7,
  /** Where it meets the lit background a shadow differs from it by at most this share of what it does on the whole. Halved 0, doubled 1 of 26. */
  faded: 0.6,
  /** Share of its outline with which a shadow lies on known background: real ones measured 0.37 and more, a metal plate on a drive 0.21. Halved 6, doubled 12 of 26. */
  leastContact: 0.3,
  /** Share of the rest of the product beyond which a "shadow" is the product itself. Of 184 photos half, twice and no bound change none; at 0, seven right cuts keep their shadow. */
  maxShare: 0.6,
  /** Level of a background's lightest channel below which it swallows the hue of its shadows. Dark backgrounds measured 11 to 41, the others of 328 photos 134 and more. Halved 1, doubled 9 of 184 photos are cut otherwise. */
  dark: 100,
  /** Light that a shadow on such a background has left at most, in every channel; a ball's own dark side kept three quarters of its green. Half and twice change that ball of the catalogue, and none of 26 photos on black with a known cut-out. */
  deep: 0.5,
  /** Light that a bright product throws beside itself on such a background, as a share of the background's own. Half and twice change the same ball and none of the 26. */
  mostBounce: 1.35,
  /** Map pixels without a neighbour of the product that a piece of enclosed background has at least: an outline's mixed pixels may have its hue, too. Halved 9, doubled 9 of 184, none righter or wronger. */
  leastCore: 6,
  /** Share of the piece that these pixels are at least. Halved 4, doubled 7 of 184, none righter or wronger. */
  leastCoreShare: 0.25,
  /** Map pixels of a region at least; smaller ones are decided by `removeSpecks`. Halved 57, doubled 38 of 184 photos are cut otherwise, and doubled, one right cut less. */
  leastPixels: 8,
};

/**
 * Marks the shadow that a product throws in a photo, on top of what `markShadow` found: every smooth region of the background's
 * hue that borders on it softly, and on a coloured background every region of its hue, even one that legs or loops
 * enclose.
 */
export function markCastShadow(before: Segmentation): Segmentation {
  const background = withOwnMask(before);
  const isColoured = hueSpread(background) > THRESHOLDS.coloured;
  if (isColoured)
    absorb(
      background,
      (pixel) => lightOn(background, pixel, THRESHOLDS.mostLightOnColour, THRESHOLDS.tintOnColour),
      isEnough,
    );
  const isBlack = isDark(background);
  const tint = isColoured || isBlack ? THRESHOLDS.tintBesideColour : THRESHOLDS.tint;
  const mostLight = isBlack ? THRESHOLDS.mostBounce : 1;
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
    if (
      region.length < THRESHOLDS.leastPixels ||
      region.length > THRESHOLDS.maxShare * (total - region.length)
    )
      continue;
    if (isShadow(region, background)) for (const pixel of region) mask[pixel] = SHADOW;
  }
}

function hueSpread({ colour }: Background): number {
  const [red = 0, green = 0, blue = 0] = colour;
  return Math.max(red, green, blue) - Math.min(red, green, blue);
}

function isDark({ colour }: Background): boolean {
  const [red = 0, green = 0, blue = 0] = colour;
  return Math.max(red, green, blue) < THRESHOLDS.dark;
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
  return least > THRESHOLDS.leastLight && most < mostLight && most - least < tint;
}

/** Whether a pixel is so much darker than a dark background that it shows hardly any of its hue. */
function isDeep({ rgb, colour }: Background, pixel: number): boolean {
  for (let i = pixel * 3; i < pixel * 3 + 3; i++) {
    if (rgb[i] > THRESHOLDS.deep * colour[i]) return false;
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
  return core >= THRESHOLDS.leastCore && core > THRESHOLDS.leastCoreShare * region.length;
}

function isSmooth(background: Background, pixel: number): boolean {
  for (const next of neighbours(pixel, background))
    if (step(background, pixel, next) > THRESHOLDS.smooth) return false;
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
  const faint = isWhitish(background) ? THRESHOLDS.faded * meanOver(region, distance) : 255;
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
      if (edge > THRESHOLDS.softEdge || isRim) hard++;
    }
  }
  return contacts >= THRESHOLDS.leastContact * outline && hard <= contacts / 2;
}

function step({ rgb }: Background, a: number, b: number): number {
  let most = 0;
  for (let c = 0; c < 3; c++) {
    const difference = Math.abs(rgb[a * 3 + c] - rgb[b * 3 + c]);
    if (difference > most) most = difference;
  }
  return most;
}
