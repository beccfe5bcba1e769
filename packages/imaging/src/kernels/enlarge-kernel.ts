import { startWasm, type WasmMemory } from './start-wasm.ts';
import { wasm } from './wasm-module.ts';

/** Source pixels that an enlarged one is mixed from, along each side. */
export const TAPS = 4;
/** Weights are whole numbers of which this many make one: as exact as bytes need, and 32 bits hold both passes. */
const ONE_BITS = 14;
export const ONE = 1 << ONE_BITS;
/** Fraction kept between the passes. */
const KEPT_BITS = 7;
const ROW_SHIFT = ONE_BITS - KEPT_BITS;
const COLUMN_SHIFT = ONE_BITS + KEPT_BITS;
/** Bytes that describe the sources of one enlarged pixel: where each begins in the mixed row, and its weight. */
export const COLUMN_BYTES = TAPS * 8;
/** Of a row at once: both loops may read and write so much beyond its end. */
export const SLACK = 64;

/** The inner loops of `enlargeRaster`. All arguments are places in `memory`, in bytes, but for the weights. */
export interface EnlargeKernel {
  memory: WasmMemory;
  /** Mixes four rows of bytes, the first of which ends at `end`, into a row of 32-bit numbers; two weights each in `w01`, `w23`. */
  mixRows(
    r0: number,
    r1: number,
    r2: number,
    r3: number,
    w01: number,
    w23: number,
    line: number,
    end: number,
  ): void;
  /** Mixes a row's numbers into a row of RGB bytes, by the column taps from `taps` to `end`. */
  mixColumns(line: number, taps: number, end: number, out: number): void;
}

const { get, set, i32, add, load, store, loadVector, loadBytes, loadSplat, storeVector, splat } = wasm;
const { shuffle, lane0, add4, multiply4, shiftRight4, multiplyPairs, toBytes, repeatWhileLess } = wasm;

export function createEnlargeKernel(): EnlargeKernel {
  return startWasm<Omit<EnlargeKernel, 'memory'>>([mixRows(), mixColumns()]);
}

/** The first four, or the last four, of two vectors of eight 16-bit numbers, taken in turns. */
const FIRST = [0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23];
const LAST = FIRST.map((byte) => byte + 8);

/** Eight bytes of each row at a time. */
function mixRows() {
  const [r0, r1, r2, r3, w01, w23, line, end] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [weights01, weights23, a, b, c, d] = [8, 9, 10, 11, 12, 13];
  const half = splat(i32(1 << (ROW_SHIFT - 1)));
  const mixed = (which: number[]) => {
    const upper = multiplyPairs(shuffle(get(a), get(b), which), get(weights01));
    const lower = multiplyPairs(shuffle(get(c), get(d), which), get(weights23));
    return shiftRight4(add4(add4(upper, lower), half), ROW_SHIFT);
  };
  const forward = (local: number, bytes: number) => set(local, add(get(local), i32(bytes)));
  const body = [
    ...set(weights01, splat(get(w01))),
    ...set(weights23, splat(get(w23))),
    ...repeatWhileLess(get(r0), get(end), [
      ...set(a, loadBytes(get(r0))),
      ...set(b, loadBytes(get(r1))),
      ...set(c, loadBytes(get(r2))),
      ...set(d, loadBytes(get(r3))),
      ...storeVector(get(line), mixed(FIRST)),
      ...storeVector(get(line), mixed(LAST), 16),
      ...[r0, r1, r2, r3].flatMap((row) => forward(row, 8)),
      ...forward(line, 32),
    ]),
  ];
  return { name: 'mixRows', params: 8, vectors: 6, body };
}

/** A pixel at a time: three numbers of a vector are its channels, the fourth is overwritten by the next. */
function mixColumns() {
  const [line, taps, end, out] = [0, 1, 2, 3];
  const spare = 4;
  const half = splat(i32(1 << (COLUMN_SHIFT - 1)));
  const share = (tap: number) =>
    multiply4(loadVector(add(get(line), load(get(taps), tap * 4))), loadSplat(get(taps), TAPS * 4 + tap * 4));
  const sum = add4(add4(share(0), share(1)), add4(share(2), share(3)));
  const body = repeatWhileLess(get(taps), get(end), [
    ...store(get(out), lane0(toBytes(shiftRight4(add4(sum, half), COLUMN_SHIFT), spare))),
    ...set(out, add(get(out), i32(3))),
    ...set(taps, add(get(taps), i32(COLUMN_BYTES))),
  ]);
  return { name: 'mixColumns', params: 4, vectors: 1, body };
}
