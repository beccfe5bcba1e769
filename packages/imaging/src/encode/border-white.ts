import type { Raster } from '../raster/raster.ts';

/** Share of the outer 1 % of the frame, at least one pixel wide, that is exactly (255, 255, 255). */
export function borderWhite(picture: Raster): number {
  const { data, width, height, channels } = picture;
  const thickness = Math.max(1, Math.ceil(0.01 * Math.max(width, height)));
  let white = 0;
  let total = 0;
  for (let y = 0; y < height; y++) {
    const wholeRow = y < thickness || y >= height - thickness;
    for (let x = 0; x < width; x++) {
      if (!wholeRow && x === thickness && width > 2 * thickness) x = width - thickness;
      const i = (y * width + x) * channels;
      total++;
      if (data[i] === 255 && data[i + 1] === 255 && data[i + 2] === 255) white++;
    }
  }
  return white / total;
}
