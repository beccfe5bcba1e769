import type { Check } from '@image-studio/contract';
import { dilate } from '../kernels/dilate.ts';
import { crop } from '../raster/raster.ts';
import type { Segmentation } from '../segment/segmentation.ts';
import type { Evidence } from './evidence.ts';
import { drawnBoxes, hasLineOfText } from './line-of-text.ts';
import type { Likeness } from './patch-likeness.ts';
import type { ProductPatch } from './product-patch.ts';

/** Below this agreement nobody knows where a part of the product is to be looked for. */
const LEAST = { structure: 0.4, overlap: 0.6 };
const THRESHOLDS = {
  /** Levels by which writing differs from all that the photo shows thereabouts. */
  written: 40,
  /** How far about, as a share of the product's longer side and in map pixels at least. */
  about: 0.008,
  leastAbout: 1,
};

/** What a model wrote across the product; told only where there is something. */
export function checkWriting({ match, spec }: Evidence): Check | null {
  const found = spec.aiGenerated ? match() : null;
  if (!found) return null;
  const { onWhite, shown, scene, source, upright } = found;
  return findWriting([onWhite, shown], [scene.segmentation, source], upright) ? WRITTEN : null;
}

const WRITTEN: Check = {
  rule: 'additions',
  measured: 'a line of text across the product',
  required: 'no line of text on the product that its photo does not show there',
  pass: false,
};

/**
 * Whether a line of text stands on a product that its photo does not show there. Both are compared on the photo's map, which is the
 * coarser one: on a finer one the print that a product carries would look sharper than the photo, and new.
 */
export function findWriting(
  [answer, shown]: [Segmentation, ProductPatch],
  [photo, source]: [Segmentation, ProductPatch],
  { structure, overlap, light }: Likeness,
): boolean {
  if (structure < LEAST.structure || overlap < LEAST.overlap) return false;
  const { width, height } = source.box;
  const about = Math.max(THRESHOLDS.leastAbout, Math.ceil(THRESHOLDS.about * Math.max(width, height)));
  const { least, most } = extremes(photo, source, about);
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

/** The least and the most of each channel around every pixel of a product's box. */
function extremes(
  { rgb, width, height }: Segmentation,
  { box }: ProductPatch,
  about: number,
): { least: Uint8Array; most: Uint8Array } {
  const most = dilate(rgb, width, height, about, 3);
  const least = inverted(dilate(inverted(rgb), width, height, about, 3));
  const map = { width, height, channels: 3 } as const;
  return { least: crop({ data: least, ...map }, box).data, most: crop({ data: most, ...map }, box).data };
}

function inverted(levels: Uint8Array): Uint8Array {
  const out = new Uint8Array(levels.length);
  for (let i = 0; i < out.length; i++) out[i] = 255 - levels[i];
  return out;
}

/** An answer's product on a grid of that many pixels: mean colours, and how much of each is product. */
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
