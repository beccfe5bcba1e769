import { dilate } from '../kernels/dilate.ts';
import { borrowBuffer } from '../raster/large-buffers.ts';
import type { Raster } from '../raster/raster.ts';
import type { Subject } from '../segment/analyse-scene.ts';
import { isStronglyColoured } from '../segment/background/segment-background.ts';
import { partOfMask } from '../segment/mask/mask-pixels.ts';
import { type Segmentation, SHADOW } from '../segment/segmentation.ts';
import type { Place } from './frame.ts';

/** A piece of the picture at its final size, with the background lifted to pure white. Its buffers may be given back. */
export interface Cutout {
  width: number;
  height: number;
  /** RGB over white. */
  rgb: Uint8Array;
  /** 255 where the product is, 0 on pure background. */
  alpha: Uint8Array;
}

/**
 * How pixels of an outline are unmixed, and what is cleared deep in the background. Levels are differences from its colour. "Off": mean
 * levels by which outlines of composites differ from the same product on pure white, at half, once and twice the number.
 */
const THRESHOLDS = {
  /** Map pixels on both sides of the product's outline that are unmixed instead of kept or cleared whole. Off by 9.4, 9.3 and 10.2 on strong colours, 5.2, 4.8 and 4.8 on grey. */
  band: 2,
  /** Levels of noise at full size, of which a background has at least so many: a codec's. With 2, 4 and 8 of them 4.6, 1 and 0.4 of a thousand pixels stay on white, off-white and grey. */
  leastNoise: 4,
  /** Deep in the background: times the noise up to which a pixel is cleared, and levels more where a strong colour is smeared over the product. With 0.75 times the noise 9.5 of a thousand pixels of cloth stay, with 1.5 and 3 times 0.03; half and twice of the smear change 9 and 5 of the 24 photos of the catalogue that are cut. */
  deep: { noises: 1.5, smear: 35 },
  /** Levels above that from which on a pixel is kept whole: a hair, a wire. Half and twice change 650 and 630 pixels of those 24 photos by more than 10 levels. */
  deepRamp: 30,
  /** On the outline, of the product's own difference: what JPEG smears over a strong colour, and the most that may be noise on others. The smear is off by 8.2, 9.3 and 12.7 at quality 88; half the noise leaves 0.21 of a thousand pixels of cloth instead of 0.03. */
  outline: { smear: 0.25, noise: 0.4 },
  /** The product's own difference at an outline: this share of what lies between the mean and the most of the pixels beside, so many levels at least. The share is off by 20.3, 9.3 and 44.3 on strong colours, 8.8, 5.9 and 14.5 on cloth; half of the least changes none of those 24 photos, twice 7. */
  contrast: { share: 0.85, least: 8 },
  /** Times the tolerance from which on a kept shadow fades in, and over which it does. On light grey a shadow's rim was a step of 3.4, 2.9 and 2.3 levels and its depth off by -1.8, -1.6 and -1.2, with half, once and twice of `from`; of `over` 4.2, 2.9 and 2.1, and -1.9, -1.6 and -0.9. */
  fade: { from: 0.7, over: 2 },
};

/**
 * Cuts a product out. `pixels` is the place's area of its picture, at the size that it takes in the frame, and is written into.
 * Inside the product nothing changes. On the background every pixel becomes exactly 255. Along the outline, where a pixel mixes
 * product and background, the background's part is exchanged for white, so no grey or coloured fringe stays. A soft shadow is
 * kept as the grey it would be on white, or dropped. A picture with four channels brings its own cut-out.
 */
export function cutOut(
  pixels: Raster,
  { picture, segmentation }: Pick<Subject, 'picture' | 'segmentation'>,
  { area, keepShadow }: Pick<Place, 'area' | 'keepShadow'>,
): Cutout {
  if (pixels.channels === 4) return cutByAlpha(pixels);
  const { data, width, height } = pixels;
  const zones = zonesOf(segmentation);
  const contrast = outlineContrast(segmentation, zones);
  const noise = Math.max(THRESHOLDS.leastNoise, fullSizeNoise(picture, segmentation));
  const isStrong = isStronglyColoured(segmentation);
  const { deep, outline } = THRESHOLDS;
  const deepNone = deep.noises * noise + (isStrong ? deep.smear : 0);
  const alpha = borrowBuffer(width * height).fill(255);
  const columns = runsOf(mapping(area.left, area.width, width, picture.width, segmentation.width));
  const rows = mapping(area.top, area.height, height, picture.height, segmentation.height);
  // The runs of a row in which something changes: most rows show the same row of the map as the one before.
  const changing = new Uint16Array(columns.count);
  let changes = 0;
  for (let y = 0, shown = -1; y < height; y++) {
    const mapRow = rows[y] * segmentation.width;
    if (rows[y] !== shown) {
      shown = rows[y];
      changes = 0;
      for (let run = 0; run < columns.count; run++) {
        if (zones[mapRow + columns.cells[run]] !== PRODUCT) changing[changes++] = run;
      }
    }
    // Several pixels in a row lie in one cell of the map.
    for (let n = 0; n < changes; n++) {
      const run = changing[n];
      const cell = mapRow + columns.cells[run];
      const zone = zones[cell];
      const first = y * width + columns.starts[run];
      const last = y * width + columns.starts[run + 1];
      if (zone === BACKGROUND) {
        // Only something that stands out strongly (a hair, a wire) is not noise here.
        unmix(data, alpha, first, last, segmentation.colour, cell, deepNone, deepNone + THRESHOLDS.deepRamp);
      } else if (zone === OUTLINE) {
        // What JPEG smears over a strong background reaches about a quarter of the way to the product's colour.
        const full = contrast[cell];
        const none = isStrong ? Math.max(noise, outline.smear * full) : Math.min(noise, outline.noise * full);
        unmix(data, alpha, first, last, segmentation.colour, cell, none, full);
      } else if (keepShadow) {
        lightenShadow(data, alpha, first, last, segmentation, cell);
      } else {
        data.fill(255, first * 3, last * 3);
        alpha.fill(0, first, last);
      }
    }
  }
  return { width, height, rgb: data, alpha };
}

/**
 * Exchanges the background's part of the pixels from `first` to `last` for white. A pixel that differs from the background by
 * `none` levels or less is all background, by `full` or more all product.
 */
function unmix(
  data: Uint8Array,
  alpha: Uint8Array,
  first: number,
  last: number,
  colour: Uint8Array,
  cell: number,
  none: number,
  full: number,
): void {
  const backgroundRed = colour[cell * 3];
  const backgroundGreen = colour[cell * 3 + 1];
  const backgroundBlue = colour[cell * 3 + 2];
  // Differences are whole levels.
  const mostCleared = Math.floor(none);
  const leastKept = Math.ceil(full);
  for (let pixel = first, i = first * 3; pixel < last; pixel++, i += 3) {
    const red = data[i];
    const green = data[i + 1];
    const blue = data[i + 2];
    const distance = Math.max(
      Math.abs(red - backgroundRed),
      Math.abs(green - backgroundGreen),
      Math.abs(blue - backgroundBlue),
    );
    if (distance >= leastKept) continue;
    if (distance <= mostCleared) {
      data[i] = data[i + 1] = data[i + 2] = 255;
      alpha[pixel] = 0;
      continue;
    }
    const share = (distance - none) / (full - none);
    const lift = 1 - share;
    data[i] = Math.min(255, red + lift * (255 - backgroundRed));
    data[i + 1] = Math.min(255, green + lift * (255 - backgroundGreen));
    data[i + 2] = Math.min(255, blue + lift * (255 - backgroundBlue));
    alpha[pixel] = Math.round(255 * share);
  }
}

/** Gives a shadow's pixels their own light on a white background, fading out where the lit background begins. */
function lightenShadow(
  data: Uint8Array,
  alpha: Uint8Array,
  first: number,
  last: number,
  { colour, tolerance }: Segmentation,
  cell: number,
): void {
  const { from, over } = THRESHOLDS.fade;
  const backgroundRed = colour[cell * 3];
  const backgroundGreen = colour[cell * 3 + 1];
  const backgroundBlue = colour[cell * 3 + 2];
  for (let pixel = first, i = first * 3; pixel < last; pixel++, i += 3) {
    const red = data[i];
    const green = data[i + 1];
    const blue = data[i + 2];
    const distance = Math.max(
      Math.abs(red - backgroundRed),
      Math.abs(green - backgroundGreen),
      Math.abs(blue - backgroundBlue),
    );
    const lit = Math.min(1, Math.max(0, (distance - from * tolerance) / (over * tolerance)));
    data[i] = 255 - lit * Math.max(0, 255 - (red * 255) / Math.max(1, backgroundRed));
    data[i + 1] = 255 - lit * Math.max(0, 255 - (green * 255) / Math.max(1, backgroundGreen));
    data[i + 2] = 255 - lit * Math.max(0, 255 - (blue * 255) / Math.max(1, backgroundBlue));
    alpha[pixel] = 255 - data[i];
  }
}

/** Stretches of equal cells in a row: the cell of each and where it starts, and after the last one where that ends. */
function runsOf(mapped: Uint16Array): { count: number; cells: Uint16Array; starts: Uint32Array } {
  const cells = new Uint16Array(mapped.length);
  const starts = new Uint32Array(mapped.length + 1);
  let count = 0;
  for (let at = 0; at < mapped.length; at++) {
    if (count > 0 && mapped[at] === cells[count - 1]) continue;
    cells[count] = mapped[at];
    starts[count++] = at;
  }
  starts[count] = mapped.length;
  return { count, cells, starts };
}

function cutByAlpha({ data: rgba, width, height }: Raster): Cutout {
  const rgb = new Uint8Array(width * height * 3);
  const alpha = new Uint8Array(width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const opacity = rgba[pixel * 4 + 3] / 255;
    alpha[pixel] = rgba[pixel * 4 + 3];
    for (let c = 0; c < 3; c++) {
      rgb[pixel * 3 + c] = Math.round(rgba[pixel * 4 + c] * opacity + 255 * (1 - opacity));
    }
  }
  return { width, height, rgb, alpha };
}

const BACKGROUND = 0;
const OUTLINE = 1;
const PRODUCT = 2;
const SHADED = 3;

/** BACKGROUND far from the product, PRODUCT inside it, OUTLINE within a few map pixels of where they meet. */
function zonesOf(segmentation: Segmentation): Uint8Array {
  const { width, height, mask } = segmentation;
  const nearProduct = dilate(partOfMask(mask, 0), width, height, THRESHOLDS.band);
  const nearBackground = dilate(partOfMask(mask, 1), width, height, THRESHOLDS.band);
  const zones = new Uint8Array(mask.length);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    const value = mask[pixel];
    if (value === SHADOW) zones[pixel] = SHADED;
    else if (value === 1) zones[pixel] = nearProduct[pixel] === 1 ? OUTLINE : BACKGROUND;
    else zones[pixel] = nearBackground[pixel] === 1 ? OUTLINE : PRODUCT;
  }
  return zones;
}

/**
 * How far the product's own colour is from the background's at every outline pixel: the distance that counts as "all
 * product". Taken from the pixels inside nearby, so a pale edge is judged by a pale product.
 */
function outlineContrast(segmentation: Segmentation, zones: Uint8Array): Float32Array {
  const { width, height, distance, mask } = segmentation;
  const contrast = new Float32Array(zones.length);
  const reach = THRESHOLDS.band + 1;
  const { share, least } = THRESHOLDS.contrast;
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      if (zones[pixel] !== OUTLINE) continue;
      let most = 0;
      let sum = 0;
      let count = 0;
      for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++) {
        for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++) {
          const other = v * width + u;
          if (mask[other] !== 0) continue;
          const value = distance[other];
          if (value > most) most = value;
          sum += value;
          count++;
        }
      }
      // Between mean and most: the mean is pulled down by the mixed pixels themselves.
      contrast[pixel] = Math.max(least, share * ((sum / count + most) / 2));
    }
  }
  return contrast;
}

/** Unevenness of the background at full size, where averaging has not yet hidden it: its 99th percentile on the border. */
function fullSizeNoise(picture: Raster, segmentation: Segmentation): number {
  const counts = new Uint32Array(256);
  const [right, bottom] = [picture.width - 1, picture.height - 1];
  const step = Math.max(1, Math.floor((picture.width + picture.height) / 800));
  for (let x = 0; x <= right; x += step) {
    countError(counts, picture, segmentation, x, 0);
    countError(counts, picture, segmentation, x, Math.min(3, bottom));
    countError(counts, picture, segmentation, x, bottom);
  }
  for (let y = 0; y <= bottom; y += step) {
    countError(counts, picture, segmentation, 0, y);
    countError(counts, picture, segmentation, Math.min(3, right), y);
    countError(counts, picture, segmentation, right, y);
  }
  let left = Math.floor(0.99 * counts.reduce((sum, count) => sum + count, 0));
  for (let error = 0; error < 40; error++) {
    if (left < counts[error]) return error;
    left -= counts[error];
  }
  return counts.some((count) => count > 0) ? 40 : 0;
}

/** Counts how far a pixel is from the background's colour, if it shows the background. */
function countError(
  counts: Uint32Array,
  picture: Raster,
  segmentation: Segmentation,
  x: number,
  y: number,
): void {
  const mapX = Math.min(segmentation.width - 1, Math.floor((x * segmentation.width) / picture.width));
  const mapY = Math.min(segmentation.height - 1, Math.floor((y * segmentation.height) / picture.height));
  const cell = mapY * segmentation.width + mapX;
  if (segmentation.mask[cell] !== 1) return;
  const i = (y * picture.width + x) * picture.channels;
  let error = 0;
  for (let c = 0; c < 3; c++) {
    error = Math.max(error, Math.abs(picture.data[i + c] - segmentation.colour[cell * 3 + c]));
  }
  counts[error] = counts[error] + 1;
}

/** Which map column (or row) each output column (or row) shows. */
function mapping(start: number, length: number, output: number, full: number, map: number): Uint16Array {
  const cells = new Uint16Array(output);
  for (let i = 0; i < output; i++) {
    cells[i] = Math.min(map - 1, Math.floor(((start + ((i + 0.5) * length) / output) * map) / full));
  }
  return cells;
}
