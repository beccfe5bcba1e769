/** A decoded picture: 8-bit sRGB, row by row. Four channels only where some pixel is really transparent. */
export interface Raster {
  data: Uint8Array;
  width: number;
  height: number;
  channels: 3 | 4;
}

/** A rectangle in whole pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

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

/** A part of a picture, copied. */
export function crop({ data, width, channels }: Raster, area: Box): Raster {
  const out = new Uint8Array(area.width * area.height * channels);
  for (let y = 0; y < area.height; y++) {
    const from = ((area.top + y) * width + area.left) * channels;
    out.set(data.subarray(from, from + area.width * channels), y * area.width * channels);
  }
  return { data: out, width: area.width, height: area.height, channels };
}

/** The pixels of a picture that a box on its map covers. */
export function onPicture(box: Box, map: Size, picture: Size): Box {
  const left = Math.floor((box.left * picture.width) / map.width);
  const top = Math.floor((box.top * picture.height) / map.height);
  const right = Math.ceil(((box.left + box.width) * picture.width) / map.width);
  const bottom = Math.ceil(((box.top + box.height) * picture.height) / map.height);
  return { left, top, width: right - left, height: bottom - top };
}

/** A box with a margin of `by` pixels, as far as the picture goes. */
export function withMargin(box: Box, by: number, within: Size): Box {
  const left = Math.max(0, box.left - by);
  const top = Math.max(0, box.top - by);
  const right = Math.min(within.width, box.left + box.width + by);
  const bottom = Math.min(within.height, box.top + box.height + by);
  return { left, top, width: right - left, height: bottom - top };
}

interface Size {
  width: number;
  height: number;
}
