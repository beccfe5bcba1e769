import type { Check } from '@image-studio/contract';
import { dilate } from '../kernels/dilate.ts';
import { type Box, crop } from '../raster/raster.ts';
import type { Segmentation } from '../segment/segmentation.ts';
import type { Evidence } from './evidence.ts';
import { drawnBoxes, hasLineOfText } from './line-of-text.ts';
import type { Likeness } from './patch-likeness.ts';
import type { ProductPatch } from './product-patch.ts';

/**
 * What makes a pixel a part of a letter. Measured on 26 photos with a known cut-out, answered rightly in 8 ways (as it was, from a little aside, leaning by 2°, sheared by 3 %, bent by 0.6 and by
 * 1.2 % of its side, with more contrast, sharper): 208 right answers, and 468 with words across them, 332 of which overlap their photo by less than 0.96. These counts are without the look for lines that
 * the answer lacks: with it, 2 of 68 answers with words are found no more.
 */
const THRESHOLDS = {
  /** Agreement in structure (−1 to 1) and overlap (0 to 1) of both products, below which their parts do not lie in the same places and no text is looked for. With overlaps of 0.6 · 0.8 · 0.9 · 0.93 · 0.96, 314 · 292 · 270 · 208 · 115 of the 468 are found, and 1 · 1 · 1 · 1 · 0 of the 208 called wrong. The structure halved, 335 and 1; doubled, 134 and 1. */
  least: { structure: 0.4, overlap: 0.8 },
  /** Levels by which a pixel is lighter or darker than all that the other picture shows around its place. With a third of `around` and an overlap of 0.96, halved, a sharpened right answer is called wrong; doubled, 3 of 34 wrong answers more are found, 2 of them by words across the product. */
  written: 40,
  /** How far around, as a share of the product's longer side: in an answer that leans or is drawn anew, print lies that far off. With 0.008 · 0.016 · 0.024 · 0.036, 261 · 294 · 292 · 291 of the 468 are found and 9 · 1 · 1 · 1 of the 208 called wrong; of 130 right answers to 26 other photos, 5 · 1 · 1 · 1. */
  around: 0.024,
};

/** A line of text that a model put on the product and the photo does not show; `null` where there is none. */
export function checkTextOnProduct({ match, spec }: Evidence): Check | null {
  const found = spec.aiGenerated ? match() : null;
  if (!found) return null;
  const { onWhite, shown, scene, source, upright } = found;
  return hasTextOnProduct([onWhite, shown], [scene.segmentation, source], upright) ? FOUND : null;
}

const FOUND: Check = {
  rule: 'additions',
  measured: 'a line of text across the product',
  required: 'no line of text on the product that its photo does not show there',
  pass: false,
};

/**
 * Whether a product carries a line of text that its photo does not show in the same place. Both are compared on the photo's map, which
 * is the coarser one: on a finer map the product's own print would look sharper than in the photo, and so new. Where the photo has such
 * a line that the answer lacks, it is print that lies elsewhere: something was cut out with one of both products.
 */
export function hasTextOnProduct(
  [answer, shown]: [Segmentation, ProductPatch],
  [photo, source]: [Segmentation, ProductPatch],
  { structure, overlap, light }: Likeness,
): boolean {
  if (structure < THRESHOLDS.least.structure || overlap < THRESHOLDS.least.overlap) return false;
  const height = (answer.height * source.box.height) / shown.box.height;
  const reach = Math.ceil(THRESHOLDS.around * Math.max(source.box.width, source.box.height));
  const there = inPhoto(photo, source, reach);
  const here = inAnswer(answer, shown, source.box, reach);
  return isWritten(here, there, light, height) && !isWritten(there, here, 1 / light, height);
}

/** A product on the grid of its photo's box. */
interface Laid {
  rgb: Uint8Array;
  /** 0 where nothing is product. */
  cover: Uint8Array;
  width: number;
  /** The lowest and the highest level of each channel around every pixel. */
  least: Uint8Array;
  most: Uint8Array;
}

/** Whether pixels that are lighter or darker than all around their place on the other picture stand like letters. `height`: of the whole frame. */
function isWritten(one: Laid, { least, most }: Laid, light: number, height: number): boolean {
  const written = new Uint8Array(one.cover.length);
  for (let pixel = 0, i = 0; pixel < written.length; pixel++, i += 3) {
    if (one.cover[pixel] === 0) continue;
    let beyond = 0;
    for (let c = 0; c < 3; c++) {
      const value = one.rgb[i + c];
      beyond = Math.max(beyond, value - light * most[i + c], light * least[i + c] - value);
    }
    if (beyond >= THRESHOLDS.written) written[pixel] = 1;
  }
  return hasLineOfText(drawnBoxes(written, one.width), height);
}

/** A photo's product as its own map has it. */
function inPhoto({ rgb, mask, width, height }: Segmentation, { box }: ProductPatch, reach: number): Laid {
  const cut = (data: Uint8Array) => crop({ data, width, height, channels: 3 }, box).data;
  const cover = new Uint8Array(box.width * box.height);
  for (let y = 0, pixel = 0; y < box.height; y++) {
    const row: number = (box.top + y) * width + box.left;
    for (let x = 0; x < box.width; x++, pixel++) if (mask[row + x] === 0) cover[pixel] = 1;
  }
  const { least, most } = extremes(rgb, width, height, reach);
  return { rgb: cut(rgb), cover, width: box.width, least: cut(least), most: cut(most) };
}

/** An answer's product on a grid of `width` × `height` cells: the mean colour of each cell, and how many of its four points are product. */
function inAnswer(
  { rgb, mask, width: side }: Segmentation,
  { box }: ProductPatch,
  { width, height }: Box,
  reach: number,
): Laid {
  const sums = new Uint16Array(width * height * 3);
  const cover = new Uint8Array(width * height);
  const points = 2;
  for (let v = 0; v < height * points; v++) {
    const row: number = (box.top + Math.floor(((v + 0.5) * box.height) / (height * points))) * side;
    for (let u = 0; u < width * points; u++) {
      const pixel: number = row + box.left + Math.floor(((u + 0.5) * box.width) / (width * points));
      const to = Math.floor(v / points) * width + Math.floor(u / points);
      if (mask[pixel] === 0) cover[to] = cover[to] + 1;
      for (let c = 0; c < 3; c++) sums[to * 3 + c] = sums[to * 3 + c] + rgb[pixel * 3 + c];
    }
  }
  const means = Uint8Array.from(sums, (sum) => Math.round(sum / (points * points)));
  return { rgb: means, cover, width, ...extremes(means, width, height, reach) };
}

/** The lowest and the highest level of each channel within `reach` pixels of every pixel. */
function extremes(
  rgb: Uint8Array,
  width: number,
  height: number,
  reach: number,
): Pick<Laid, 'least' | 'most'> {
  return {
    most: dilate(rgb, width, height, reach, 3),
    least: inverted(dilate(inverted(rgb), width, height, reach, 3)),
  };
}

function inverted(levels: Uint8Array): Uint8Array {
  const out = new Uint8Array(levels.length);
  for (let i = 0; i < out.length; i++) out[i] = 255 - levels[i];
  return out;
}
