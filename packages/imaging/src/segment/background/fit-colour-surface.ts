import { layOut } from '../../kernels/map-kernel.ts';

/** A colour that varies smoothly over a picture: one quadratic in x and y per channel. */
export interface ColourSurface {
  /** The colour at every pixel, three channels. */
  paint(): Uint8Array;
}

/** Terms of a quadratic in two variables. Studio backgrounds (falloff, vignette, sweep) need no more. */
const TERMS = 6;
/** Sums of products of two terms, and of a term and the value: `addSamples` has their order. */
const SUMS = 21;
type Terms = [number, number, number, number, number, number];
const ROUNDS = 7;
/** Levels; a round that moves no coefficient by more is the last, which on plain white is the second. */
const SETTLED = 0.01;

/**
 * Fits the surface to the pixels listed in `samples` (indices into `rgb`), by iteratively re-weighted least squares
 * towards the smallest absolute error: up to about half of the samples may belong to something else, such as a
 * product that touches the edge, without bending it.
 */
export function fitColourSurface(
  rgb: Uint8Array,
  width: number,
  height: number,
  samples: ArrayLike<number>,
): ColourSurface {
  const places = placesOf(samples, width, height);
  const coefficients = [0, 1, 2].map((channel) => fitChannel(rgb, samples, places, channel));
  return { paint: () => paint(coefficients, width, height) };
}

function paint(coefficients: Float64Array[], width: number, height: number): Uint8Array {
  const length = width * height * 3;
  const { kernel, memory, places } = layOut([4 * width, 48, length]);
  const [us, curve, colour] = places as [number, number, number];
  new Float32Array(memory.buffer, us, width).set(Array.from({ length: width }, (_, x) => centred(x, width)));
  const terms = new Float32Array(memory.buffer, curve, 12);
  for (let y = 0; y < height; y++) {
    const v = centred(y, height);
    for (let channel = 0; channel < 3; channel++) {
      const [a, b, c, d, e, f] = coefficients[channel] as unknown as Terms;
      // Along a row only u changes. Half a level more, because the kernel cuts fractions off.
      terms[channel] = a + c * v + f * v * v + 0.5;
      terms[4 + channel] = b + e * v;
      terms[8 + channel] = d;
    }
    kernel.paintRow(us, us + 4 * width, curve, colour + 3 * y * width);
  }
  return memory.slice(colour, colour + length);
}

function centred(position: number, length: number): number {
  return (2 * position) / Math.max(1, length - 1) - 1;
}

/** Where the samples lie on the map, in both directions from -1 to 1. */
interface Places {
  us: Float64Array;
  vs: Float64Array;
}

function placesOf(samples: ArrayLike<number>, width: number, height: number): Places {
  const us = new Float64Array(samples.length);
  const vs = new Float64Array(samples.length);
  for (let s = 0; s < us.length; s++) {
    const pixel = samples[s];
    us[s] = centred(pixel % width, width);
    vs[s] = centred(Math.floor(pixel / width), height);
  }
  return { us, vs };
}

function fitChannel(
  rgb: Uint8Array,
  samples: ArrayLike<number>,
  places: Places,
  channel: number,
): Float64Array {
  const values = new Float64Array(samples.length);
  for (let s = 0; s < values.length; s++) values[s] = rgb[samples[s] * 3 + channel];
  const sumsFor = weightedSums(places, values);
  let coefficients: Float64Array = new Float64Array(TERMS);
  // The median is the first guess: it belongs to the background as soon as the background has the majority.
  coefficients[0] = medianOf(values) ?? 255;
  for (let round = 0; round < ROUNDS; round++) {
    const next = solve(normalEquations(sumsFor(coefficients)));
    const change = Math.max(...next.map((value, i) => Math.abs(value - coefficients[i])));
    coefficients = next;
    if (change < SETTLED) break;
  }
  return coefficients;
}

/** The level in the middle, the upper one of two. */
function medianOf(levels: Float64Array): number | undefined {
  const counts = new Uint32Array(256);
  for (let s = 0; s < levels.length; s++) counts[levels[s]] = counts[levels[s]] + 1;
  let left = levels.length >> 1;
  for (let level = 0; level < counts.length; level++) {
    if (left < counts[level]) return level;
    left -= counts[level];
  }
  return undefined;
}

/** Lays the samples out for the kernel. What comes adds up the products of their terms, weighted by a guess: see `addSamples`. */
function weightedSums({ us, vs }: Places, values: Float64Array): (guess: Float64Array) => Float64Array {
  const bytes = values.byteLength;
  const { kernel, memory, places } = layOut([bytes, bytes, bytes, 8 * TERMS, 8 * SUMS]);
  const [atU, atV, atValues, atGuess, atSums] = places as [number, number, number, number, number];
  const numbers = (at: number, length: number) => new Float64Array(memory.buffer, at, length);
  numbers(atU, us.length).set(us);
  numbers(atV, vs.length).set(vs);
  numbers(atValues, values.length).set(values);
  const sums = numbers(atSums, SUMS).fill(0);
  return (guess) => {
    numbers(atGuess, TERMS).set(guess);
    if (bytes > 0) kernel.addSamples(atU, atV, atValues, atValues + bytes, atGuess, atSums);
    return sums;
  };
}

/** Weighted normal equations, each row with its right-hand side as last element. */
function normalEquations(sums: Float64Array): Float64Array[] {
  const [one, z, u, v, uu, vv, uv, uvz, uuu, vvv, uuv] = sums as unknown as number[];
  const [uvv, uuuu, vvvv, uuuv, uvvv, uz, vz, uuz, vvz, uuvv] = sums.subarray(11) as unknown as number[];
  // A little ridge keeps one-pixel-high pictures solvable.
  const ridge = 1e-6;
  return [
    [one + ridge, u, v, uu, uv, vv, z],
    [u, uu + ridge, uv, uuu, uuv, uvv, uz],
    [v, uv, vv + ridge, uuv, uvv, vvv, vz],
    [uu, uuu, uuv, uuuu + ridge, uuuv, uuvv, uuz],
    [uv, uuv, uvv, uuuv, uuvv + ridge, uvvv, uvz],
    [vv, uvv, vvv, uuvv, uvvv, vvvv + ridge, vvz],
  ].map((row) => Float64Array.from(row));
}

/** Gauss–Jordan with partial pivoting. */
function solve(rows: Float64Array[]): Float64Array {
  for (let i = 0; i < TERMS; i++) {
    let pivot = i;
    for (let r = i + 1; r < TERMS; r++) {
      if (Math.abs(rows[r]?.[i]) > Math.abs(rows[pivot]?.[i])) pivot = r;
    }
    [rows[i], rows[pivot]] = [rows[pivot] as Float64Array, rows[i] as Float64Array];
    const row = rows[i] as Float64Array;
    const lead = row[i];
    for (let j = i; j <= TERMS; j++) row[j] = row[j] / lead;
    for (let r = 0; r < TERMS; r++) {
      const other = rows[r] as Float64Array;
      const factor = other[i];
      if (r === i || factor === 0) continue;
      for (let j = i; j <= TERMS; j++) other[j] = other[j] - factor * row[j];
    }
  }
  return Float64Array.from(rows, (row) => row[TERMS]);
}
