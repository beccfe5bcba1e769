import type { Box } from '../raster/raster.ts';
import type { Segmentation } from '../segment/segmentation.ts';

/** Cells along each side of a patch: enough for a product's parts, blind to codecs and to a pixel more or less. */
export const PATCH_SIDE = 48;
/** Points along each side of a cell that its mean is made of. */
const POINTS = 3;

/** A product cut from its picture and stretched over a square, so that two pictures of it lie upon each other. */
export interface ProductPatch {
  /** Mean colour of each cell's product pixels, three channels. */
  rgb: Float32Array;
  /** Share of each cell that is product, 0–1. */
  cover: Float32Array;
  /** The product's box on its map. */
  box: Box;
  /** Width over height of that box. */
  ratio: number;
}

/** The patch of a background on which the product was found; `null` where hardly anything stands on it. */
export function productPatch(segmentation: Segmentation): ProductPatch | null {
  const box = boxOf(segmentation);
  if (!box) return null;
  const cells = PATCH_SIDE * PATCH_SIDE;
  const rgb = new Float32Array(cells * 3);
  const cover = new Float32Array(cells);
  const { width, mask, rgb: map } = segmentation;
  const points = PATCH_SIDE * POINTS;
  for (let v = 0; v < points; v++) {
    const row: number = (box.top + Math.floor(((v + 0.5) * box.height) / points)) * width;
    for (let u = 0; u < points; u++) {
      const pixel: number = row + box.left + Math.floor(((u + 0.5) * box.width) / points);
      if (mask[pixel] !== 0) continue;
      const cell = Math.floor(v / POINTS) * PATCH_SIDE + Math.floor(u / POINTS);
      cover[cell] = cover[cell] + 1;
      for (let c = 0; c < 3; c++) {
        rgb[cell * 3 + c] = rgb[cell * 3 + c] + map[pixel * 3 + c];
      }
    }
  }
  for (let cell = 0; cell < cells; cell++) {
    const count = cover[cell];
    for (let c = 0; c < 3; c++) rgb[cell * 3 + c] = rgb[cell * 3 + c] / Math.max(1, count);
    cover[cell] = count / (POINTS * POINTS);
  }
  return { rgb, cover, box, ratio: box.width / box.height };
}

/** Map pixels that a product has at least along each side to have a shape. */
const LEAST_SIDE = 8;

function boxOf({ mask, width, height }: Segmentation): Box | null {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      if (mask[pixel] !== 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  const box = { left, top, width: right - left + 1, height: bottom - top + 1 };
  return right < 0 || Math.min(box.width, box.height) < LEAST_SIDE ? null : box;
}
