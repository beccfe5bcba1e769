import { COMPILED } from './compiled.ts';
import { roomIn, startWasm, type WasmMemory } from './start-wasm.ts';

/** All loops may read and write so many bytes beyond the last that they are asked for. */
export const SLACK = 64;

/** The loops of `assembly/map.ts` over the bytes of a map. All arguments are places in `memory`, in bytes. */
export interface MapKernel {
  memory: WasmMemory;
  /** `out` becomes the larger of itself and the difference between `a` and `b`, byte by byte, `a` up to `end`. */
  differ(a: number, b: number, out: number, end: number): void;
  /**
   * The same where the difference is a step and no ramp: where the one between `farA` and `farB` is less than
   * `RAMP` times as large.
   */
  stepUp(a: number, b: number, farA: number, farB: number, out: number, end: number): void;
  /** The largest of the three channels of each pixel of `rgb`, up to `end`. */
  mostOfChannels(rgb: number, out: number, end: number): void;
  /**
   * A row of RGB bytes `out`, at each of the fractions (4 bytes each) from `u` to `end`: `curve` holds a, b and c of
   * a + b u + c u², each four fractions for the three channels.
   */
  paintRow(u: number, end: number, curve: number, out: number): void;
  /** Every byte up to `end` becomes the larger of itself and the one at the same place from `other` on. */
  most(at: number, other: number, end: number): void;
  /** Of the ones in `out`, those stay whose byte of `values`, up to `end`, lies from `least` to `most`. */
  keepWithin(values: number, least: number, most: number, out: number, end: number): void;
  /** Adds up the normal equations of a quadratic over samples, weighted by a guess; the order of `sums` stands in `assembly/map.ts`. */
  addSamples(us: number, vs: number, values: number, end: number, guess: number, sums: number): void;
}

/** As a fraction, so that whole numbers decide. `assembly/map.ts` has the same. */
export const RAMP = { numerator: 9, denominator: 5 };

function createMapKernel(): MapKernel {
  return startWasm<Omit<MapKernel, 'memory'>>(COMPILED.map.bytes);
}

/** One a thread: what a call leaves in its memory the next one writes over before it reads. */
let kernel: MapKernel | undefined;

/** Rooms of so many bytes in the memory of the map's loops, with as much as these may go beyond each. */
export function layOut(sizes: number[]): { kernel: MapKernel; memory: Uint8Array; places: number[] } {
  kernel ??= createMapKernel();
  let end = 0;
  const places = sizes.map((size) => {
    const place = end;
    end += Math.ceil((size + SLACK) / 16) * 16;
    return place;
  });
  return { kernel, memory: roomIn(kernel.memory, end), places };
}
