import type { Check } from '@image-studio/contract';
import { dilate } from '../kernels/dilate.ts';
import { crop } from '../raster/raster.ts';
import type { Segmentation } from '../segment/segmentation.ts';
import type { Evidence } from './evidence.ts';
import { drawnBoxes, hasLineOfText } from './line-of-text.ts';
import type { Likeness } from './patch-likeness.ts';
import type { ProductPatch } from './product-patch.ts';

/** What makes a pixel a part of a letter. Of 17 lines of words in a real font that `npm run bench -- answers` drew across products it finds 5: the others run together on the photo's map. */
const THRESHOLDS = {
  /** Agreement in structure (−1 to 1) and overlap (0 to 1) of both products, below which their parts do not lie in the same places and no text is looked for. At 0.6, print was taken for new text in 9 of 119 right answers, at overlaps up to 0.948; new text that was found had 0.971 and more. The structure halved, one of 8 lines more is found; doubled, none is missed. */
  least: { structure: 0.4, overlap: 0.96 },
  /** Levels by which a pixel is lighter or darker than all that the photo shows around its place. Halved, a sharpened right answer is called wrong; doubled, 3 of 34 wrong answers more are found, 2 of them by words across the product. */
  written: 40,
  /** How far around, as a share of the product's longer side: an edge of a print lies a pixel off in an answer. Halved and doubled, 2 of 34 wrong answers more are found, and no right one is called wrong. */
  around: 0.008,
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
 * is the coarser one: on a finer map the product's own print would look sharper than in the photo, and so new.
 */
export function hasTextOnProduct(
  [answer, shown]: [Segmentation, ProductPatch],
  [photo, source]: [Segmentation, ProductPatch],
  { structure, overlap, light }: Likeness,
): boolean {
  if (structure < THRESHOLDS.least.structure || overlap < THRESHOLDS.least.overlap) return false;
  const { width, height } = source.box;
  const around = Math.ceil(THRESHOLDS.around * Math.max(width, height));
  const { least, most } = extremes(photo, source, around);
  const written = new Uint8Array(width * height);
  const means = meansOn(answer, shown, width, height);
  for (let pixel = 0, i = 0; pixel < written.length; pixel++, i += 3) {
    if (means.cover[pixel] === 0) continue;
    let beyond = 0;
    for (let c = 0; c < 3; c++) {
      const value = means.rgb[i + c];
      beyond = Math.max(beyond, value - light * most[i + c], light * least[i + c] - value);
    }
    if (beyond >= THRESHOLDS.written) written[pixel] = 1;
  }
  return hasLineOfText(drawnBoxes(written, width), (answer.height * height) / shown.box.height);
}

/** The lowest and the highest level of each channel within `around` pixels of every pixel of a product's box. */
function extremes(
  { rgb, width, height }: Segmentation,
  { box }: ProductPatch,
  around: number,
): { least: Uint8Array; most: Uint8Array } {
  const most = dilate(rgb, width, height, around, 3);
  const least = inverted(dilate(inverted(rgb), width, height, around, 3));
  const map = { width, height, channels: 3 } as const;
  return { least: crop({ data: least, ...map }, box).data, most: crop({ data: most, ...map }, box).data };
}

function inverted(levels: Uint8Array): Uint8Array {
  const out = new Uint8Array(levels.length);
  for (let i = 0; i < out.length; i++) out[i] = 255 - levels[i];
  return out;
}

/** An answer's product on a grid of `width` × `height` cells: the mean colour of each cell, and how many of its four points are product. */
function meansOn(
  { rgb, mask, width: side }: Segmentation,
  { box }: ProductPatch,
  width: number,
  height: number,
) {
  const sums = new Float32Array(width * height * 3);
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
  return { rgb: sums.map((sum) => sum / (points * points)), cover };
}
