import { startWasm, type WasmMemory } from './start-wasm.ts';
import { wasm } from './wasm-module.ts';

/** All loops may read and write so many bytes beyond the last that they are asked for. */
export const SLACK = 64;

/** Loops over the bytes of a map, sixteen at a time. All arguments are places in `memory`, in bytes. */
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
}

/** As a fraction, so that whole numbers decide. */
export const RAMP = { numerator: 9, denominator: 5 };

export function createMapKernel(): MapKernel {
  return startWasm<Omit<MapKernel, 'memory'>>([differ(), stepUp(), mostOfChannels(), paintRow(), most()]);
}

const { get, set, i32, add, loadVector, storeVector, shuffle, repeatWhileLess } = wasm;
const { splatByte, or, and, subtractBytes, mostBytes, multiplyFirstBytes, multiplyLastBytes } = wasm;
const { isGreater8, narrow, addFractions, multiplyFractions, truncate, toBytes, lane0, loadSplat, store } =
  wasm;

const forward = (local: number, bytes: number) => set(local, add(get(local), i32(bytes)));

/** Of two vectors in locals: one of the two subtractions is nothing. */
const difference = (a: number, b: number) => or(subtractBytes(get(a), get(b)), subtractBytes(get(b), get(a)));

function differ() {
  const [a, b, out, end] = [0, 1, 2, 3];
  const [one, other] = [4, 5];
  const body = repeatWhileLess(get(a), get(end), [
    ...set(one, loadVector(get(a))),
    ...set(other, loadVector(get(b))),
    ...storeVector(get(out), mostBytes(loadVector(get(out)), difference(one, other))),
    ...[a, b, out].flatMap((place) => forward(place, 16)),
  ]);
  return { name: 'differ', params: 4, vectors: 2, body };
}

function stepUp() {
  const [a, b, farA, farB, out, end] = [0, 1, 2, 3, 4, 5];
  const [one, other, near, far] = [6, 7, 8, 9];
  const times = (multiply: typeof multiplyFirstBytes, value: number, factor: number) =>
    multiply(get(value), splatByte(i32(factor)));
  const isStep = (multiply: typeof multiplyFirstBytes) =>
    isGreater8(times(multiply, near, RAMP.numerator), times(multiply, far, RAMP.denominator));
  const steps = and(get(near), narrow(isStep(multiplyFirstBytes), isStep(multiplyLastBytes)));
  const body = repeatWhileLess(get(a), get(end), [
    ...set(one, loadVector(get(a))),
    ...set(other, loadVector(get(b))),
    ...set(near, difference(one, other)),
    ...set(one, loadVector(get(farA))),
    ...set(other, loadVector(get(farB))),
    ...set(far, difference(one, other)),
    ...storeVector(get(out), mostBytes(loadVector(get(out)), steps)),
    ...[a, b, farA, farB, out].flatMap((place) => forward(place, 16)),
  ]);
  return { name: 'stepUp', params: 6, vectors: 4, body };
}

/** Sixteen pixels are 48 bytes: a channel's are gathered from two of the three vectors, then from that and the third. */
function mostOfChannels() {
  const [rgb, out, end] = [0, 1, 2];
  const [first, second, third] = [3, 4, 5];
  const channel = (which: number) => {
    const places = Array.from({ length: 16 }, (_, pixel) => 3 * pixel + which);
    const early = places.map((place) => (place < 32 ? place : 0));
    const late = places.map((place, pixel) => (place < 32 ? pixel : place - 16));
    return shuffle(shuffle(get(first), get(second), early), get(third), late);
  };
  const body = repeatWhileLess(get(rgb), get(end), [
    ...set(first, loadVector(get(rgb))),
    ...set(second, loadVector(get(rgb), 16)),
    ...set(third, loadVector(get(rgb), 32)),
    ...storeVector(get(out), mostBytes(mostBytes(channel(0), channel(1)), channel(2))),
    ...forward(rgb, 48),
    ...forward(out, 16),
  ]);
  return { name: 'mostOfChannels', params: 3, vectors: 3, body };
}

/** A pixel at a time: the fourth number is overwritten by the next. */
function paintRow() {
  const [u, end, curve, out] = [0, 1, 2, 3];
  const [a, b, c, here, spare] = [4, 5, 6, 7, 8];
  const slope = addFractions(get(b), multiplyFractions(get(c), get(here)));
  const value = addFractions(get(a), multiplyFractions(get(here), slope));
  const body = [
    ...set(a, loadVector(get(curve))),
    ...set(b, loadVector(get(curve), 16)),
    ...set(c, loadVector(get(curve), 32)),
    ...repeatWhileLess(get(u), get(end), [
      ...set(here, loadSplat(get(u))),
      ...store(get(out), lane0(toBytes(truncate(value), spare))),
      ...forward(u, 4),
      ...forward(out, 3),
    ]),
  ];
  return { name: 'paintRow', params: 4, vectors: 5, body };
}

/** In its place: what is read ahead is written only later. */
function most() {
  const [at, other, end] = [0, 1, 2];
  const body = repeatWhileLess(get(at), get(end), [
    ...storeVector(get(at), mostBytes(loadVector(get(at)), loadVector(get(other)))),
    ...forward(at, 16),
    ...forward(other, 16),
  ]);
  return { name: 'most', params: 3, vectors: 0, body };
}
