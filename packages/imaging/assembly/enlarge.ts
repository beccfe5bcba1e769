/** The inner loops of `enlargeRaster`, in AssemblyScript like `map.ts`. */

/** `ONE_BITS` in `src/raster/resize-area.ts`, and bits of a fraction that are kept between the two passes. */
const ONE_BITS: i32 = 14;
const KEPT_BITS: i32 = 7;
const ROW_SHIFT: i32 = ONE_BITS - KEPT_BITS;
const COLUMN_SHIFT: i32 = ONE_BITS + KEPT_BITS;
/** What lies between -4080 and 36720, as the cubic overshoots, fits into 16 bits with a sign less this. Weights make one, so it is added once. */
const MIDDLE: i32 = 1 << 14;

/**
 * Mixes four rows of bytes, the first of which ends at `end`, into a row of 16-bit numbers less `MIDDLE`, eight bytes at a time; two
 * 16-bit weights each in `w01`, `w23`.
 */
export function mixRows(
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  w01: i32,
  w23: i32,
  line: usize,
  end: usize,
): void {
  const weights01 = i32x4.splat(w01);
  const weights23 = i32x4.splat(w23);
  const half = i32x4.splat((1 << (ROW_SHIFT - 1)) - (MIDDLE << ROW_SHIFT));
  do {
    const a = v128.load8x8_u(r0);
    const b = v128.load8x8_u(r1);
    const c = v128.load8x8_u(r2);
    const d = v128.load8x8_u(r3);
    const first = i32x4.add(
      i32x4.dot_i16x8_s(firstInTurns(a, b), weights01),
      i32x4.dot_i16x8_s(firstInTurns(c, d), weights23),
    );
    const last = i32x4.add(
      i32x4.dot_i16x8_s(lastInTurns(a, b), weights01),
      i32x4.dot_i16x8_s(lastInTurns(c, d), weights23),
    );
    const low = i32x4.shr_s(i32x4.add(first, half), ROW_SHIFT);
    const high = i32x4.shr_s(i32x4.add(last, half), ROW_SHIFT);
    v128.store(line, i16x8.narrow_i32x4_s(low, high));
    r0 += 8;
    r1 += 8;
    r2 += 8;
    r3 += 8;
    line += 16;
  } while (r0 < end);
}

/** The first four of two vectors of eight 16-bit numbers, in turns. */
function firstInTurns(a: v128, b: v128): v128 {
  // biome-ignore format: sixteen places are read in a row
  return i8x16.shuffle(a, b, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23);
}

/** The last four of them. */
function lastInTurns(a: v128, b: v128): v128 {
  // biome-ignore format: sixteen places are read in a row
  return i8x16.shuffle(a, b, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31);
}

/**
 * Mixes a row's numbers into RGB bytes at `out`, by the column taps from `taps` to `end`: of each pixel four places in the row,
 * then four 16-bit weights. Three numbers of a vector are a pixel's channels; the fourth is overwritten by the next pixel.
 */
export function mixColumns(line: usize, taps: usize, end: usize, out: usize): void {
  const half = i32x4.splat((1 << (COLUMN_SHIFT - 1)) + (MIDDLE << ONE_BITS));
  do {
    const first = firstInTurns(numbersAt(line, taps), numbersAt(line, taps + 4));
    const last = firstInTurns(numbersAt(line, taps + 8), numbersAt(line, taps + 12));
    const sum = i32x4.add(
      i32x4.dot_i16x8_s(first, v128.load32_splat(taps, 16)),
      i32x4.dot_i16x8_s(last, v128.load32_splat(taps, 20)),
    );
    const numbers = i32x4.shr_s(i32x4.add(sum, half), COLUMN_SHIFT);
    const halves = i16x8.narrow_i32x4_s(numbers, numbers);
    store<i32>(out, i32x4.extract_lane(i8x16.narrow_i16x8_u(halves, halves), 0));
    out += 3;
    taps += 24;
  } while (taps < end);
}

/** Four numbers from the place on that a tap names. */
function numbersAt(line: usize, tap: usize): v128 {
  return v128.load64_zero(line + load<u32>(tap));
}
