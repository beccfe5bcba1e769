import type { Raster } from './raster.ts';

/** The picture laid on white, where it was transparent. */
export function overWhite(picture: Raster): Raster {
  if (picture.channels === 3) return picture;
  const { data, width, height } = picture;
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const opacity = data[from + 3] / 255;
    for (let c = 0; c < 3; c++) {
      rgb[to + c] = Math.round(data[from + c] * opacity + 255 * (1 - opacity));
    }
  }
  return { data: rgb, width, height, channels: 3 };
}
