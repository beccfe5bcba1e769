import { catmullRom } from '../raster/catmull-rom.ts';
import type { Box, Raster } from '../raster/raster.ts';

/**
 * A part of a small opaque picture as a square of `side` pixels, three levels each, by the cubic that libvips resizes
 * with, to within a level: for so few pixels a pipeline takes ten times what they do.
 */
export function resizeToSquare({ data, width }: Raster, area: Box, side: number): Float32Array {
  const across = tapsOf(area.width, side);
  const down = tapsOf(area.height, side);
  const rows = new Float32Array(area.height * side * 3);
  for (let y = 0, to = 0; y < area.height; y++) {
    const row = ((area.top + y) * width + area.left) * 3;
    for (const { first, weights } of across) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let tap = 0; tap < weights.length; tap++) {
          const x = bounded(first + tap, area.width);
          sum += weights[tap] * data[row + 3 * x + c];
        }
        rows[to++] = sum;
      }
    }
  }
  const square = new Float32Array(side * side * 3);
  const stride = side * 3;
  for (let y = 0; y < side; y++) {
    const { first, weights } = down[y] as Taps;
    for (let i = 0; i < stride; i++) {
      let sum = 0;
      for (let tap = 0; tap < weights.length; tap++) {
        sum += weights[tap] * rows[bounded(first + tap, area.height) * stride + i];
      }
      square[y * stride + i] = Math.max(0, Math.min(255, Math.round(sum)));
    }
  }
  return square;
}

/** The source pixels that a resized one is mixed from, those beyond the edges included, and their weights: they make one. */
interface Taps {
  first: number;
  weights: number[];
}

function tapsOf(from: number, to: number): Taps[] {
  // Where many become one, the cubic is as many times as wide.
  const stretch = Math.max(1, from / to);
  return Array.from({ length: to }, (_, pixel) => {
    const centre = ((pixel + 0.5) * from) / to - 0.5;
    const first = Math.ceil(centre - 2 * stretch);
    const last = Math.floor(centre + 2 * stretch);
    const weights = Array.from({ length: last - first + 1 }, (_, tap) =>
      catmullRom((first + tap - centre) / stretch),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

function bounded(place: number, length: number): number {
  return Math.max(0, Math.min(length - 1, place));
}
