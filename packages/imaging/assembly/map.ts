/**
 * Loops over the bytes of a map, sixteen at a time, in AssemblyScript: TypeScript's syntax, each name below an instruction of
 * WebAssembly. All arguments are places in memory, in bytes; loops may read and write up to 64 bytes beyond `end`.
 * `node scripts/make-kernels.mjs` compiles them into `src/kernels/compiled.ts`.
 */

/** `RAMP` in `src/kernels/map-kernel.ts`. */
const RAMP_NUMERATOR: u8 = 9;
const RAMP_DENOMINATOR: u8 = 5;

/** `out` becomes the larger of itself and the difference between `a` and `b`, byte by byte, `a` up to `end`. */
export function differ(a: usize, b: usize, out: usize, end: usize): void {
  do {
    v128.store(out, i8x16.max_u(v128.load(out), difference(v128.load(a), v128.load(b))));
    a += 16;
    b += 16;
    out += 16;
  } while (a < end);
}

/** One of the two subtractions is nothing. */
function difference(one: v128, other: v128): v128 {
  return v128.or(i8x16.sub_sat_u(one, other), i8x16.sub_sat_u(other, one));
}

/**
 * The same where the difference is a step and no ramp: where the one between `farA` and
 * `farB` is less than `RAMP` times as large.
 */
export function stepUp(a: usize, b: usize, farA: usize, farB: usize, out: usize, end: usize): void {
  const numerator = i8x16.splat(RAMP_NUMERATOR);
  const denominator = i8x16.splat(RAMP_DENOMINATOR);
  do {
    const near = difference(v128.load(a), v128.load(b));
    const far = difference(v128.load(farA), v128.load(farB));
    const first = i16x8.gt_s(
      i16x8.extmul_low_i8x16_u(near, numerator),
      i16x8.extmul_low_i8x16_u(far, denominator),
    );
    const last = i16x8.gt_s(
      i16x8.extmul_high_i8x16_u(near, numerator),
      i16x8.extmul_high_i8x16_u(far, denominator),
    );
    const steps = v128.and(near, i8x16.narrow_i16x8_s(first, last));
    v128.store(out, i8x16.max_u(v128.load(out), steps));
    a += 16;
    b += 16;
    farA += 16;
    farB += 16;
    out += 16;
  } while (a < end);
}

/** The largest of the three channels of each pixel of `rgb`, up to `end`. Sixteen pixels are 48 bytes. */
export function mostOfChannels(rgb: usize, out: usize, end: usize): void {
  do {
    const first = v128.load(rgb);
    const second = v128.load(rgb, 16);
    const third = v128.load(rgb, 32);
    // A channel's bytes are gathered from two of the three vectors, then from that and the third.
    // biome-ignore format: sixteen places are read in a row
    const red = i8x16.shuffle(
      i8x16.shuffle(first, second, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0),
      third, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29,
    );
    // biome-ignore format: sixteen places are read in a row
    const green = i8x16.shuffle(
      i8x16.shuffle(first, second, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0),
      third, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30,
    );
    // biome-ignore format: sixteen places are read in a row
    const blue = i8x16.shuffle(
      i8x16.shuffle(first, second, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0),
      third, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31,
    );
    v128.store(out, i8x16.max_u(i8x16.max_u(red, green), blue));
    rgb += 48;
    out += 16;
  } while (rgb < end);
}

/**
 * A row of RGB bytes `out`, at each of the fractions (4 bytes each) from `u` to `end`: `curve` holds a, b and c of
 * a + b u + c u², each four fractions for the three channels. A pixel at a time: the fourth byte is overwritten by the next.
 */
export function paintRow(u: usize, end: usize, curve: usize, out: usize): void {
  const a = v128.load(curve);
  const b = v128.load(curve, 16);
  const c = v128.load(curve, 32);
  do {
    const here = v128.load32_splat(u);
    const value = f32x4.add(a, f32x4.mul(here, f32x4.add(b, f32x4.mul(c, here))));
    store<i32>(out, i32x4.extract_lane(toBytes(i32x4.trunc_sat_f32x4_s(value)), 0));
    u += 4;
    out += 3;
  } while (u < end);
}

/** Four 32-bit numbers as bytes, bounded to 0–255. */
function toBytes(numbers: v128): v128 {
  const halves = i16x8.narrow_i32x4_s(numbers, numbers);
  return i8x16.narrow_i16x8_u(halves, halves);
}

/** Every byte up to `end` becomes the larger of itself and the one at the same place from `other` on, which is read ahead. */
export function most(at: usize, other: usize, end: usize): void {
  do {
    v128.store(at, i8x16.max_u(v128.load(at), v128.load(other)));
    at += 16;
    other += 16;
  } while (at < end);
}
