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

/** Of the ones in `out`, those stay whose byte of `values`, up to `end`, lies from `least` to `most`. */
export function keepWithin(values: usize, least: i32, most: i32, out: usize, end: usize): void {
  const low = i8x16.splat(<i8>least);
  const high = i8x16.splat(<i8>most);
  do {
    const value = v128.load(values);
    const isWithin = v128.and(i8x16.ge_u(value, low), i8x16.le_u(value, high));
    v128.store(out, v128.and(v128.load(out), isWithin));
    values += 16;
    out += 16;
  } while (values < end);
}

/** Weights of 1/error turn squares into absolute errors; below so many levels all weigh alike, */
const EXACT: f64 = 0.5;
/** and beyond so many a sample is something else altogether. */
const FAR: f64 = 40;
const FAR_WEIGHT: f64 = 1e-4;

/**
 * Adds up the weighted normal equations of a quadratic a + b u + c v + d u² + e u v + f v² over samples: their places `us` and `vs`,
 * and their `values` up to `end`. `guess` holds a to f, and weighs each sample by how far it is from it. All are 64-bit fractions,
 * two at a time: each sum is added up in the samples' order, as one alone would be. `sums` becomes, in pairs: 1 z, u v, u² v²,
 * uv uvz, u³ v³, u²v uv², u⁴ v⁴, u³v uv³, uz vz, u²z v²z, u²v² –; z is the value.
 */
export function addSamples(us: usize, vs: usize, values: usize, end: usize, guess: usize, sums: usize): void {
  const a = load<f64>(guess);
  const b = load<f64>(guess, 8);
  const c = load<f64>(guess, 16);
  const d = load<f64>(guess, 24);
  const e = load<f64>(guess, 32);
  const f = load<f64>(guess, 40);
  let one_z = f64x2.splat(0);
  let u_v = f64x2.splat(0);
  let uu_vv = f64x2.splat(0);
  let uv_uvz = f64x2.splat(0);
  let uuu_vvv = f64x2.splat(0);
  let uuv_uvv = f64x2.splat(0);
  let uuuu_vvvv = f64x2.splat(0);
  let uuuv_uvvv = f64x2.splat(0);
  let uz_vz = f64x2.splat(0);
  let uuz_vvz = f64x2.splat(0);
  let uuvv: f64 = 0;
  do {
    const u = load<f64>(us);
    const v = load<f64>(vs);
    const z = load<f64>(values);
    const place = f64x2.replace_lane(f64x2.splat(u), 1, v);
    const squares = f64x2.mul(place, place);
    const uu = u * u;
    const uv = u * v;
    const vv = v * v;
    const error = abs<f64>(z - (a + b * u + c * v + d * uu + e * uv + f * vv));
    const weight = error > FAR ? FAR_WEIGHT : 1 / max<f64>(error, EXACT);
    const value = f64x2.splat(z);
    const oneAndValue = f64x2.replace_lane(value, 0, 1);
    const weights = f64x2.splat(weight);
    const weighted = f64x2.mul(weights, place);
    const weightedSquares = f64x2.mul(weights, squares);
    one_z = f64x2.add(one_z, f64x2.mul(weights, oneAndValue));
    u_v = f64x2.add(u_v, weighted);
    uu_vv = f64x2.add(uu_vv, weightedSquares);
    uv_uvz = f64x2.add(uv_uvz, f64x2.mul(f64x2.splat(weight * uv), oneAndValue));
    uuu_vvv = f64x2.add(uuu_vvv, f64x2.mul(weightedSquares, place));
    uuv_uvv = f64x2.add(uuv_uvv, f64x2.mul(weightedSquares, f64x2.replace_lane(f64x2.splat(v), 1, u)));
    uuuu_vvvv = f64x2.add(uuuu_vvvv, f64x2.mul(weightedSquares, squares));
    uuuv_uvvv = f64x2.add(uuuv_uvvv, f64x2.mul(weightedSquares, f64x2.splat(uv)));
    uz_vz = f64x2.add(uz_vz, f64x2.mul(weighted, value));
    uuz_vvz = f64x2.add(uuz_vvz, f64x2.mul(weightedSquares, value));
    uuvv += weight * uu * vv;
    us += 8;
    vs += 8;
    values += 8;
  } while (values < end);
  v128.store(sums, one_z);
  v128.store(sums, u_v, 16);
  v128.store(sums, uu_vv, 32);
  v128.store(sums, uv_uvz, 48);
  v128.store(sums, uuu_vvv, 64);
  v128.store(sums, uuv_uvv, 80);
  v128.store(sums, uuuu_vvvv, 96);
  v128.store(sums, uuuv_uvvv, 112);
  v128.store(sums, uz_vz, 128);
  v128.store(sums, uuz_vvz, 144);
  store<f64>(sums, uuvv, 160);
}
