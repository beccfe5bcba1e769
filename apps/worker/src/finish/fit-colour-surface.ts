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
  const terms = new Float64Array(samples.length * TERMS);
  for (let s = 0; s < samples.length; s++) {
    const pixel = samples[s] as number;
    writeTerms(pixel % width, floor(pixel / width), width, height, terms, s * TERMS);
  }
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

function writeTerms(x: number, y: number, width: number, height: number, to: Float64Array, at: number): void {
  const u = centred(x, width);
  const v = centred(y, height);
  to[at] = 1;
  to[at + 1] = u;
  to[at + 2] = v;
  to[at + 3] = u * u;
  to[at + 4] = u * v;
  to[at + 5] = v * v;
}

function fitChannel(
  rgb: Uint8Array,
  samples: ArrayLike<number>,
  terms: Float64Array,
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
function normalEquations(values: Float64Array, terms: Float64Array, guess: Float64Array): Float64Array[] {
  const rows = Array.from({ length: TERMS }, () => new Float64Array(TERMS + 1));
  const weights = new Float64Array(values.length);
  for (let s = 0; s < values.length; s++) {
    const error = abs((values[s] as number) - dot(guess, terms, s * TERMS));
    // 1/error turns squares into absolute errors; beyond 40 levels a sample is something else altogether.
    weights[s] = error > 40 ? 1e-4 : 1 / max(error, 0.5);
  }
  for (let i = 0; i < TERMS; i++) {
    const row = rows[i] as Float64Array;
    for (let j = i; j < TERMS; j++) row[j] = weightedSum(weights, terms, i, terms, TERMS, j);
    row[TERMS] = weightedSum(weights, terms, i, values, 1, 0);
    for (let j = 0; j < i; j++) row[j] = (rows[j] as Float64Array)[i] as number;
    // A little ridge keeps one-pixel-high pictures solvable.
    row[i] = (row[i] as number) + 1e-6;
  }
  return rows;
}

/** Sum over all samples, one sum at a time: kept in a register it takes a fifth of what 27 in arrays do. */
function weightedSum(
  weights: Float64Array,
  terms: Float64Array,
  term: number,
  factors: Float64Array,
  stride: number,
  first: number,
): number {
  let sum = 0;
  for (let s = 0, at = term, other = first; s < weights.length; s++, at += TERMS, other += stride) {
    sum += (terms[at] as number) * (weights[s] as number) * (factors[other] as number);
  }
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

function dot(coefficients: Float64Array, terms: Float64Array, at: number): number {
  let sum = 0;
  for (let i = 0; i < TERMS; i++) sum += (coefficients[i] as number) * (terms[at + i] as number);
  return sum;
}
