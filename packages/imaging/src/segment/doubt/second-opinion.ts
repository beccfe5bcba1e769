import { dilate } from '../../kernels/dilate.ts';
import { edgeStrength, type Step } from '../../kernels/edge-strength.ts';
import { maxChannelDifference } from '../../kernels/max-channel-difference.ts';
import { inverted, pixelsWhere } from '../../kernels/pixels-where.ts';
import type { Background } from '../background/background.ts';
import { fitColourSurface } from '../background/fit-colour-surface.ts';
import { connectedComponents } from '../mask/connected-components.ts';
import { partOfMask } from '../mask/mask-pixels.ts';

/**
 * Thresholds of the second opinion, chosen on 104 composites of 44 products whose right cut-out is known; a prototype was
 * also measured on the 224 of `npm run bench -- cut-outs`. "a / b": so many of 216 photos with a known cut-out are right and sure, and
 * sure but wrong; with the numbers as they are 151 / 4.
 */
const THRESHOLDS = {
  /** Share of the product from which on a connected region in which the two cuts differ is a doubt. Halved 145 / 2, doubled 152 / 7. */
  region: 0.01,
  /** Shadow: the background in 40 to 97 % of its light; hard shadows measured 50 to 70 %. From 20 % on 150 / 4, from 80 % on 150 / 18; up to 49 % 152 / 34, without a bound 147 / 4. */
  shadowLight: { least: 0.4, most: 0.97 },
  /** Shadow: spread of that share over the channels. Drawn and photographed shadows measured 0 to 0.02, grey shoes 0.03 and more. */
  shadowTint: 0.025,
  /** Shadow: levels over two map pixels. The rim of a hard shadow measured 19 to 22, outlines of products 30 and more. */
  shadowStep: 24,
  /** Share of a shadow's outline that borders on the background: shadows measured 0.27 to 1, folds of shirts up to 0.25. */
  shadowContact: 0.26,
  /** Share of the product beyond which the "shadow" is the product itself, in the background's hue. Halved 152 / 6, doubled 146 / 4. */
  mostShadow: 0.6,
  /** Spread over the channels from which on a removed shadow was coloured: shadows measured up to 0.07, brown parts on pink 0.085 to 0.14. */
  colouredShadow: 0.08,
  /** Levels over two map pixels at a fifth of its rim that tell such a part from light that the product throws into its shadow (6): 17 to 77. */
  roughRim: 12,
  /** Levels over two map pixels at a removed shadow's rim, whatever its hue, above the background's tolerance: shadows measured up to 12 (15 on a tolerance of 3.5), a pale sole 16, chrome and boots 58 and more. */
  hardRim: 14,
  /** Levels by which a region of the background differs from it, on one that is more even than that: light that falls off measured 3.7 to 4.8, lost parts 5.5 to 34. */
  lostPart: 5,
  /** Share of that region that lies beside the product: lost parts measured 0.14 to 0.65, stains of a backdrop 0. */
  lostContact: 0.1,
  /** Levels above the background's noise (its 90th percentile), from which on a pixel differs from it. That percentile measured 0 to 3 on even backgrounds and 9 to 14 on cloth, half of it 0 to 1 and 3 to 5. */
  noise: { quantile: 0.9, least: 2 },
};

/** Map pixels from a border within which a pixel lies beside it: outlines are blurred. */
const BESIDE = 4;
/** Map pixels from the product beyond which the background shows neither its blur nor its shadow. */
const FAR = 20;
/** Samples that the background's colour is fitted to. */
const SAMPLES = 2000;

/**
 * Cuts a map again by plain rules, whatever the passes thought: a pixel is background where it has its fitted colour,
 * shadow where it is that colour in less light, product elsewhere. Returns in words where a connected region is
 * judged otherwise than in `mask`, once the shadow was removed; `null` where the two cuts agree.
 */
export function secondOpinion(background: Background): string | null {
  const { rgb, width, height, mask, clearedShadow } = background;
  const lit = new Uint8Array(mask.length);
  const product = new Uint8Array(mask.length);
  let total = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] === 1 && clearedShadow?.[pixel] !== 1) lit[pixel] = 1;
    if (mask[pixel] !== 0) continue;
    product[pixel] = 1;
    total++;
  }
  const colour = fitColourSurface(rgb, width, height, samplesOf(lit)).paint();
  const steps: Step[] = [{ near: [1, -1] }, { near: [width, -width] }];
  const strength = edgeStrength(rgb, [{ first: width, end: (height - 1) * width, steps }]);
  const least = THRESHOLDS.region * total;
  if (leavesShadow(background, product, colour, strength, least, THRESHOLDS.mostShadow * total))
    return 'a part of the cut-out looks like a shadow';
  if (losesOutlined(background, product, lit, colour, strength, least))
    return 'what was taken for a shadow has an outline of its own: a part of the product may be missing';
  return losesPart(background, product, lit, colour, least)
    ? 'something beside the cut-out differs from the background: a part of the product may be missing'
    : null;
}

/** Whether a region of the product is the background in less light and lies against what counts as background. */
function leavesShadow(
  { rgb, width, height, mask }: Background,
  product: Uint8Array,
  colour: Uint8Array,
  strength: Uint8Array,
  least: number,
  most: number,
): boolean {
  const shadow = new Uint8Array(product.length);
  for (let pixel = 0; pixel < shadow.length; pixel++) {
    if (product[pixel] !== 1 || strength[pixel] > THRESHOLDS.shadowStep) continue;
    const [low, high] = lightOn(rgb, colour, pixel);
    const { least: darkest, most: lightest } = THRESHOLDS.shadowLight;
    if (low > darkest && high < lightest && high - low < THRESHOLDS.shadowTint) shadow[pixel] = 1;
  }
  // Beyond the frame's sides lies the next row.
  for (let row = 0; row < shadow.length; row += width) shadow[row] = shadow[row + width - 1] = 0;
  const beside = dilate(partOfMask(mask, 1), width, height, BESIDE);
  return connectedComponents(shadow, width).some((region) => {
    if (region.length < least || region.length > most) return false;
    let outline = 0;
    let contact = 0;
    for (const pixel of region) {
      for (const way of [-1, 1, -width, width]) {
        if (shadow[pixel + way] === 1) continue;
        outline++;
        if (beside[pixel] === 1) contact++;
      }
    }
    return contact >= THRESHOLDS.shadowContact * outline;
  });
}

/** Whether a region that was removed as shadow has a hard rim against the background, or a less hard one and another hue. */
function losesOutlined(
  background: Background,
  product: Uint8Array,
  lit: Uint8Array,
  colour: Uint8Array,
  strength: Uint8Array,
  least: number,
): boolean {
  const { width, height, clearedShadow } = background;
  if (!clearedShadow) return false;
  const besideLit = dilate(lit, width, height, 3);
  const besideProduct = dilate(product, width, height, 3);
  const rim = pixelsWhere({ of: besideLit, least: 1 }, { of: besideProduct, most: 0 });
  return connectedComponents(clearedShadow, width).some(
    (region) => region.length >= least && isOutlined(region, background, rim, colour, strength),
  );
}

/** Whether a removed shadow has a hard outline in `rim`, or one in another hue than the background's. */
function isOutlined(
  region: Int32Array,
  { rgb, tolerance }: Background,
  rim: Uint8Array,
  colour: Uint8Array,
  strength: Uint8Array,
): boolean {
  let spread = 0;
  let length = 0;
  let rough = 0;
  let hard = 0;
  for (const pixel of region) {
    const [low, high] = lightOn(rgb, colour, pixel);
    spread += high - low;
    if (rim[pixel] === 0) continue;
    length++;
    if (strength[pixel] >= THRESHOLDS.roughRim) rough++;
    if (strength[pixel] >= THRESHOLDS.hardRim + tolerance) hard++;
  }
  const isColoured = spread > THRESHOLDS.colouredShadow * region.length && 5 * rough >= length;
  return isColoured || (hard > 0 && 5 * hard >= length);
}

/** Whether a region beside the product counts as background but differs from it. */
function losesPart(
  { rgb, width, height, tolerance: uneven }: Background,
  product: Uint8Array,
  lit: Uint8Array,
  colour: Uint8Array,
  least: number,
): boolean {
  const distance = maxChannelDifference(rgb, colour);
  const tolerance = Math.max(
    THRESHOLDS.noise.least,
    noiseFarOut(distance, lit, dilate(product, width, height, FAR)),
  );
  const different = pixelsWhere({ of: lit, least: 1 }, { of: distance, least: tolerance + 1 });
  const beside = dilate(product, width, height, 2);
  return connectedComponents(withoutThreads(different, width, height), width).some((region) => {
    if (region.length < least) return false;
    let levels = 0;
    let contact = 0;
    for (const pixel of region) {
      levels += distance[pixel];
      if (beside[pixel] === 1) contact++;
    }
    return (
      levels >= Math.max(THRESHOLDS.lostPart, uneven) * region.length &&
      contact >= THRESHOLDS.lostContact * region.length
    );
  });
}

/** Morphological opening: what is fewer than three map pixels wide is an outline's blur. */
function withoutThreads(map: Uint8Array, width: number, height: number): Uint8Array {
  const outside = dilate(inverted(map), width, height, 1);
  const opened = dilate(inverted(outside), width, height, 1);
  for (let pixel = 0; pixel < opened.length; pixel++) if (map[pixel] === 0) opened[pixel] = 0;
  return opened;
}

/** The quantile of the lit background's difference from its colour, away from the product. */
function noiseFarOut(distance: Uint8Array, lit: Uint8Array, near: Uint8Array): number {
  const counts = new Uint32Array(256);
  let total = 0;
  for (let pixel = 0; pixel < lit.length; pixel++) {
    if (lit[pixel] !== 1 || near[pixel] === 1) continue;
    const level = distance[pixel];
    counts[level] = counts[level] + 1;
    total++;
  }
  let left = THRESHOLDS.noise.quantile * total;
  for (let level = 0; level < counts.length; level++) {
    left -= counts[level];
    if (left < 0) return level;
  }
  return 0;
}

/** The least and the largest share of the background's light that a pixel shows in a channel. */
function lightOn(rgb: Uint8Array, colour: Uint8Array, pixel: number): [number, number] {
  const red = rgb[pixel * 3] / Math.max(1, colour[pixel * 3]);
  const green = rgb[pixel * 3 + 1] / Math.max(1, colour[pixel * 3 + 1]);
  const blue = rgb[pixel * 3 + 2] / Math.max(1, colour[pixel * 3 + 2]);
  return [Math.min(red, green, blue), Math.max(red, green, blue)];
}

/** At most so many pixels of a map, evenly spread. */
function samplesOf(map: Uint8Array): number[] {
  const total = map.reduce((sum, value) => sum + value, 0);
  const step = Math.max(1, Math.floor(total / SAMPLES));
  const samples: number[] = [];
  for (let pixel = 0, count = 0; pixel < map.length; pixel++) {
    if (map[pixel] === 1 && count++ % step === 0) samples.push(pixel);
  }
  return samples;
}
