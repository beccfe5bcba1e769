// As locals, because a module that runs in a vm context (Jest) pays dearly for every look at a global.
const { abs, floor, max } = Math;
/** A colour that varies smoothly over a picture: one quadratic in x and y per channel. */
export interface ColourSurface {
  /** The colour at every pixel, three channels. */
  paint(): Uint8Array;
}

/** Terms of a quadratic in two variables. Studio grounds (falloff, vignette, sweep) need no more. */
const TERMS = 6;
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
  const terms = termsOf(samples, width, height);
  const coefficients = [0, 1, 2].map((channel) => fitChannel(rgb, samples, terms, channel));
  return { paint: () => paint(coefficients, width, height) };
}

function paint(coefficients: Float64Array[], width: number, height: number): Uint8Array {
  // Clamped storage rounds and bounds.
  const colour = new Uint8ClampedArray(width * height * 3);
  for (let y = 0; y < height; y++) {
    const v = centred(y, height);
    for (let channel = 0; channel < 3; channel++) {
      const [a, b, c, d, e, f] = coefficients[channel] as unknown as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      // Along a row only u changes: constant + slope u + d u².
      const constant = a + c * v + f * v * v;
      const slope = b + e * v;
      for (let x = 0, i = y * width * 3 + channel; x < width; x++, i += 3) {
        const u = centred(x, width);
        colour[i] = constant + u * (slope + d * u);
      }
    }
  }
  return new Uint8Array(colour.buffer);
}

function centred(position: number, length: number): number {
  return (2 * position) / max(1, length - 1) - 1;
}

/** The terms of all samples, one list a term: sums run through two of them at a time. */
function termsOf(samples: ArrayLike<number>, width: number, height: number): Float64Array[] {
  const [one, us, vs, uus, uvs, vvs] = Array.from(
    { length: TERMS },
    () => new Float64Array(samples.length),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  for (let s = 0; s < samples.length; s++) {
    const pixel = samples[s] as number;
    const u = centred(pixel % width, width);
    const v = centred(floor(pixel / width), height);
    one[s] = 1;
    us[s] = u;
    vs[s] = v;
    uus[s] = u * u;
    uvs[s] = u * v;
    vvs[s] = v * v;
  }
  return [one, us, vs, uus, uvs, vvs];
}

function fitChannel(
  rgb: Uint8Array,
  samples: ArrayLike<number>,
  terms: Float64Array[],
  channel: number,
): Float64Array {
  const values = new Float64Array(samples.length);
  for (let s = 0; s < values.length; s++) values[s] = rgb[(samples[s] as number) * 3 + channel] as number;
  let coefficients: Float64Array = new Float64Array(TERMS);
  // The median is the first guess: it belongs to the ground as soon as the ground has the majority.
  coefficients[0] = Float64Array.from(values).sort()[values.length >> 1] ?? 255;
  for (let round = 0; round < ROUNDS; round++) {
    const next = solve(normalEquations(values, terms, coefficients));
    const change = max(...next.map((value, i) => abs(value - (coefficients[i] as number))));
    coefficients = next;
    if (change < SETTLED) break;
  }
  return coefficients;
}

/** Weighted normal equations, each row with its right-hand side as last element. */
function normalEquations(values: Float64Array, terms: Float64Array[], guess: Float64Array): Float64Array[] {
  const rows = Array.from({ length: TERMS }, () => new Float64Array(TERMS + 1));
  const weights = weigh(values, terms, guess);
  for (let i = 0; i < TERMS; i++) {
    const row = rows[i] as Float64Array;
    const weighted = product(terms[i] as Float64Array, weights);
    for (let j = i; j < TERMS; j++) row[j] = dot(weighted, terms[j] as Float64Array);
    row[TERMS] = dot(weighted, values);
    for (let j = 0; j < i; j++) row[j] = (rows[j] as Float64Array)[i] as number;
    // A little ridge keeps one-pixel-high pictures solvable.
    row[i] = (row[i] as number) + 1e-6;
  }
  return rows;
}

/** 1/error turns squares into absolute errors; beyond 40 levels a sample is something else altogether. */
function weigh(values: Float64Array, terms: Float64Array[], guess: Float64Array): Float64Array {
  const weights = new Float64Array(values.length);
  for (let i = 0; i < TERMS; i++) {
    const term = terms[i] as Float64Array;
    const factor = guess[i] as number;
    for (let s = 0; s < weights.length; s++)
      weights[s] = (weights[s] as number) + factor * (term[s] as number);
  }
  for (let s = 0; s < weights.length; s++) {
    const error = abs((values[s] as number) - (weights[s] as number));
    weights[s] = error > 40 ? 1e-4 : 1 / max(error, 0.5);
  }
  return weights;
}

function product(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let s = 0; s < out.length; s++) out[s] = (a[s] as number) * (b[s] as number);
  return out;
}

/** One sum at a time: kept in a register it takes a fifth of what 27 in arrays do. */
function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let s = 0; s < a.length; s++) sum += (a[s] as number) * (b[s] as number);
  return sum;
}

/** Gauss–Jordan with partial pivoting. */
function solve(rows: Float64Array[]): Float64Array {
  for (let i = 0; i < TERMS; i++) {
    let pivot = i;
    for (let r = i + 1; r < TERMS; r++) {
      if (abs(rows[r]?.[i] as number) > abs(rows[pivot]?.[i] as number)) pivot = r;
    }
    [rows[i], rows[pivot]] = [rows[pivot] as Float64Array, rows[i] as Float64Array];
    const row = rows[i] as Float64Array;
    const lead = row[i] as number;
    for (let j = i; j <= TERMS; j++) row[j] = (row[j] as number) / lead;
    for (let r = 0; r < TERMS; r++) {
      const other = rows[r] as Float64Array;
      const factor = other[i] as number;
      if (r === i || factor === 0) continue;
      for (let j = i; j <= TERMS; j++) other[j] = (other[j] as number) - factor * (row[j] as number);
    }
  }
  return Float64Array.from(rows, (row) => row[TERMS] as number);
}
