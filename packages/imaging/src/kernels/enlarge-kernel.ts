import { COMPILED } from './compiled.ts';
import { startWasm, type WasmMemory } from './start-wasm.ts';

/** Source pixels that an enlarged one is mixed from, along each side. */
export const TAPS = 4;
/** Weights are whole numbers of which this many make one: as exact as bytes need, and 32 bits hold both passes. */
const ONE_BITS = 14;
export const ONE = 1 << ONE_BITS;
/** Bytes of a number of the mixed row. */
export const NUMBER_BYTES = 2;
/** Bytes that describe the sources of one enlarged pixel: where each begins in the mixed row (4), and its weight (2). */
export const COLUMN_BYTES = TAPS * 6;
/** Of a row at once: both loops may read and write so much beyond its end. */
export const SLACK = 64;

/** The loops of `assembly/enlarge.ts`. All arguments are places in `memory`, in bytes, but for the weights. */
export interface EnlargeKernel {
  memory: WasmMemory;
  /** Mixes four rows of bytes, the first of which ends at `end`, into a row of 16-bit numbers; two weights each in `w01`, `w23`. */
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

export function createEnlargeKernel(): EnlargeKernel {
  return startWasm<Omit<EnlargeKernel, 'memory'>>(COMPILED.enlarge.bytes);
}
