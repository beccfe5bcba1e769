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
    for (const { sources, weights } of across) {
      for (let c = row; c < row + 3; c++) {
        let sum = 0;
        for (let tap = 0; tap < weights.length; tap++) sum += weights[tap] * data[c + 3 * sources[tap]];
        rows[to++] = sum;
      }
    }
  }
  const square = new Float32Array(side * side * 3);
  const stride = side * 3;
  for (let y = 0; y < side; y++) {
    const { sources, weights } = down[y] as Taps;
    for (let i = 0; i < stride; i++) {
      let sum = 0;
      for (let tap = 0; tap < weights.length; tap++) sum += weights[tap] * rows[sources[tap] * stride + i];
      square[y * stride + i] = Math.max(0, Math.min(255, Math.round(sum)));
    }
  }
  return square;
}

/** The source pixels that a resized one is mixed from, the last ones again beyond the edges, and their weights: they make one. */
interface Taps {
  sources: Int32Array;
  weights: Float64Array;
}

function tapsOf(from: number, to: number): Taps[] {
  // Where many become one, the cubic is as many times as wide.
  const stretch = Math.max(1, from / to);
  return Array.from({ length: to }, (_, pixel) => {
    const centre = ((pixel + 0.5) * from) / to - 0.5;
    const first = Math.ceil(centre - 2 * stretch);
    const last = Math.floor(centre + 2 * stretch);
    const places = Array.from({ length: last - first + 1 }, (_, tap) => first + tap);
    const weights = places.map((place) => catmullRom((place - centre) / stretch));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return {
      sources: Int32Array.from(places, (place) => Math.max(0, Math.min(from - 1, place))),
      weights: Float64Array.from(weights, (weight) => weight / sum),
    };
  });
}
