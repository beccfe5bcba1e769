import type { Raster } from '../raster/raster.ts';

/** JPEG codes blocks of 8 × 8 pixels. */
const BLOCK = 8;
/** The end of a shadow is lighter than this. What is darker may be the product, and is not touched. */
const FAINT = 160;

/**
 * Whitens the faint end of a shadow in the blocks that reach into the outer 1 % of the frame, in place: at any quality
 * such a block decodes to 254 here and there, in the border too. Only small pictures have shadows there.
 */
export function whitenBorderBlocks(picture: Raster): void {
  const { data, width, height, channels } = picture;
  const border = Math.max(1, Math.ceil(0.01 * Math.max(width, height)));
  const near = BLOCK * Math.ceil(border / BLOCK);
  const right = BLOCK * Math.floor((width - border) / BLOCK);
  const bottom = BLOCK * Math.floor((height - border) / BLOCK);
  for (let y = 0; y < height; y++) {
    const wholeRow = y < near || y >= bottom;
    for (let x = 0; x < width; x++) {
      if (!wholeRow && x === near && right > near) x = right;
      const i = (y * width + x) * channels;
      const [red = 0, green = 0, blue = 0] = [data[i], data[i + 1], data[i + 2]];
      if (red >= FAINT && green >= FAINT && blue >= FAINT) data.fill(255, i, i + 3);
    }
  }
}
