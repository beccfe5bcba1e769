import type { Box, Raster } from './raster.ts';

// As locals, because a module that runs in a vm context (Jest) pays dearly for every look at a global.
const { abs, floor, imul, max, min, round } = Math;

/** Source pixels that an enlarged one is mixed from, along each side. */
const TAPS = 4;
/** Weights are whole numbers of which this many make one: as exact as bytes need, and 32 bits hold both passes. */
const ONE_BITS = 14;
const ONE = 1 << ONE_BITS;
/** Fraction kept between the passes. */
const KEPT_BITS = 7;
const SHIFT = ONE_BITS + KEPT_BITS;
const HALF = 1 << (SHIFT - 1);

/**
 * Enlarges a part of an opaque picture with the Catmull–Rom cubic, as libvips does, but in two passes with four taps
 * each instead of one with sixteen: 38 CPU ms instead of 93 for 820 → 1394 px (measured). And in its place: what libvips
 * 8.18 enlarges comes out half a pixel to the lower right.
 */
export function enlargeRaster(picture: Raster, area: Box, width: number, height: number): Uint8Array {
  const { data } = picture;
  // Clamped storage bounds what overshoots beside an edge.
  const out = new Uint8ClampedArray(width * height * 3);
  const columns = tapsOf(area.width, width, 3);
  const rows = tapsOf(area.height, height, picture.width * 3);
  const origin = (area.top * picture.width + area.left) * 3;
  const line = new Int32Array(area.width * 3);
  for (let y = 0, to = 0; y < height; y++) {
    mixRows(data, origin, rows, y * TAPS, line);
    to = mixColumns(line, columns, width * TAPS, out, to);
  }
  return new Uint8Array(out.buffer);
}

/** Where the sources of each enlarged pixel begin, and their weights: `TAPS` of each for every pixel. */
interface Taps {
  at: Int32Array;
  weight: Int32Array;
}

function tapsOf(from: number, to: number, stride: number): Taps {
  const at = new Int32Array(to * TAPS);
  const weight = new Int32Array(to * TAPS);
  for (let pixel = 0; pixel < to; pixel++) {
    const centre = ((pixel + 0.5) * from) / to - 0.5;
    const first = floor(centre) - 1;
    let rest = ONE;
    for (let tap = 0; tap < TAPS; tap++) {
      const source = first + tap;
      at[pixel * TAPS + tap] = min(from - 1, max(0, source)) * stride;
      const share = round(ONE * cubic(centre - source));
      weight[pixel * TAPS + tap] = share;
      rest -= share;
    }
    // The weights of every pixel make exactly one, so that an even colour stays what it is.
    weight[pixel * TAPS + 1] = (weight[pixel * TAPS + 1] as number) + rest;
  }
  return { at, weight };
}

/** Catmull–Rom. */
function cubic(x: number): number {
  const d = abs(x);
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
}

function mixRows(
  data: Uint8Array,
  origin: number,
  { at, weight }: Taps,
  tap: number,
  line: Int32Array,
): void {
  const [w0, w1, w2, w3] = weight.subarray(tap, tap + TAPS) as unknown as [number, number, number, number];
  const [a, b, c, d] = at.subarray(tap, tap + TAPS) as unknown as [number, number, number, number];
  const r0 = origin + a;
  const r1 = origin + b;
  const r2 = origin + c;
  const r3 = origin + d;
  const half = 1 << (ONE_BITS - KEPT_BITS - 1);
  for (let i = 0; i < line.length; i++) {
    const sum =
      imul(w0, data[r0 + i] as number) +
      imul(w1, data[r1 + i] as number) +
      imul(w2, data[r2 + i] as number) +
      imul(w3, data[r3 + i] as number);
    line[i] = (sum + half) >> (ONE_BITS - KEPT_BITS);
  }
}

function mixColumns(
  line: Int32Array,
  { at, weight }: Taps,
  taps: number,
  out: Uint8ClampedArray,
  start: number,
): number {
  let to = start;
  for (let tap = 0; tap < taps; tap += TAPS) {
    const a = at[tap] as number;
    const b = at[tap + 1] as number;
    const c = at[tap + 2] as number;
    const d = at[tap + 3] as number;
    const w0 = weight[tap] as number;
    const w1 = weight[tap + 1] as number;
    const w2 = weight[tap + 2] as number;
    const w3 = weight[tap + 3] as number;
    // Written out: a loop over three channels takes a quarter longer.
    out[to++] =
      (imul(w0, line[a] as number) +
        imul(w1, line[b] as number) +
        imul(w2, line[c] as number) +
        imul(w3, line[d] as number) +
        HALF) >>
      SHIFT;
    out[to++] =
      (imul(w0, line[a + 1] as number) +
        imul(w1, line[b + 1] as number) +
        imul(w2, line[c + 1] as number) +
        imul(w3, line[d + 1] as number) +
        HALF) >>
      SHIFT;
    out[to++] =
      (imul(w0, line[a + 2] as number) +
        imul(w1, line[b + 2] as number) +
        imul(w2, line[c + 2] as number) +
        imul(w3, line[d + 2] as number) +
        HALF) >>
      SHIFT;
  }
  return to;
}
