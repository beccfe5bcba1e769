import { overWhite, type Raster } from '../raster/raster.ts';

/** What makes a picture a drawing that stands for a missing one. Measured on 12 placeholders as themes draw them, 12 clean pictures of a shop and 78 photos, 26 of them the catalogue's. */
const THRESHOLDS = {
  /** Levels from the background from which on a pixel is drawn. Halved and doubled, none of 30 pictures is judged otherwise. */
  drawn: 20,
  /** Share of the picture that is drawn at least; less is an empty picture. Empty ones measured 0, drawn ones 0.07, words alone 0.008, products 0.12 and more. */
  least: 0.002,
  /** Share of the picture that is drawn at most; more is a photo that fills its frame. Placeholders measured 0.07 at most, clean pictures 0.55, photos up to 0.86. */
  most: 0.6,
  /** Levels from the background up to which a pixel is plain. Halved and doubled, none of 30 pictures is judged otherwise. */
  plain: 3,
  /** Share of the background's pixels that are plain at least. Placeholders measured 0.992 and more, clean pictures 0.964 and more, photos 0.08 to 0.90, one 0.996. */
  leastPlain: 0.873,
  /** Share of the picture that is drawn and no outline, at least; less has no flat parts to judge by. Words alone measured 0.005. */
  leastInner: 0.0004,
  /** Levels within which two colours are one. Halved and doubled, none of 30 pictures is judged otherwise. */
  one: 10,
  /** Share of those inner pixels that keep to two colours at least. Placeholders measured 0.993 and more, the others 0.90 at most, 0.60 where their background is plain. */
  flat: 0.93,
};

/**
 * Whether a picture is a drawing of one or two flat colours on a plain background, or empty: what shops show in the place of a
 * picture. Photos of a product in one colour have light and shade.
 */
export function isPlaceholder(picture: Raster): boolean {
  const { data, width, height } = overWhite(picture);
  const background = commonest(data, (i) => i);
  const drawn = new Uint8Array(width * height);
  let total = 0;
  let plain = 0;
  for (let pixel = 0, i = 0; pixel < drawn.length; pixel++, i += 3) {
    const off = differenceFrom(data, i, background);
    if (off <= THRESHOLDS.plain) plain++;
    if (off < THRESHOLDS.drawn) continue;
    drawn[pixel] = 1;
    total++;
  }
  const share = total / drawn.length;
  if (share < THRESHOLDS.least) return true;
  if (share > THRESHOLDS.most || plain < THRESHOLDS.leastPlain * (drawn.length - total)) return false;
  const inner: number[] = [];
  for (let pixel = width; pixel < drawn.length - width; pixel++) {
    const isInner =
      drawn[pixel] === 1 &&
      drawn[pixel - 1] === 1 &&
      drawn[pixel + 1] === 1 &&
      drawn[pixel - width] === 1 &&
      drawn[pixel + width] === 1;
    if (isInner) inner.push(pixel * 3);
  }
  if (inner.length < THRESHOLDS.leastInner * drawn.length) return false;
  const first = commonest(data, (n) => inner[n / 3] ?? -1, inner.length);
  const rest = inner.filter((i) => differenceFrom(data, i, first) > THRESHOLDS.one);
  const second = rest.length === 0 ? first : commonest(data, (n) => rest[n / 3] ?? -1, rest.length);
  const left = rest.filter((i) => differenceFrom(data, i, second) > THRESHOLDS.one);
  return 1 - left.length / inner.length >= THRESHOLDS.flat;
}

type Colour = readonly [number, number, number];

function differenceFrom(data: Uint8Array, i: number, [r, g, b]: Colour): number {
  return Math.max(
    Math.abs((data[i] as number) - r),
    Math.abs((data[i + 1] as number) - g),
    Math.abs((data[i + 2] as number) - b),
  );
}

/** The mean of the fullest of 32 × 32 × 32 bins, over `count` pixels whose places `placeOf` tells. */
function commonest(
  data: Uint8Array,
  placeOf: (n: number) => number,
  count: number = data.length / 3,
): Colour {
  const counts = new Uint32Array(32 ** 3);
  for (let n = 0; n < count; n++) {
    const i = placeOf(n * 3);
    const bin = binOf(data, i);
    counts[bin] = (counts[bin] as number) + 1;
  }
  let most = 0;
  for (let bin = 1; bin < counts.length; bin++)
    if ((counts[bin] as number) > (counts[most] as number)) most = bin;
  const sums = [0, 0, 0];
  for (let n = 0; n < count; n++) {
    const i = placeOf(n * 3);
    if (binOf(data, i) !== most) continue;
    for (let c = 0; c < 3; c++) sums[c] = (sums[c] as number) + (data[i + c] as number);
  }
  const total = Math.max(1, counts[most] as number);
  return [(sums[0] as number) / total, (sums[1] as number) / total, (sums[2] as number) / total];
}

function binOf(data: Uint8Array, i: number): number {
  return (
    (((data[i] as number) >> 3) << 10) |
    (((data[i + 1] as number) >> 3) << 5) |
    ((data[i + 2] as number) >> 3)
  );
}
