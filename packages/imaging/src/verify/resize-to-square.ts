import { catmullRom } from '../raster/catmull-rom.ts';
import type { Box, Raster } from '../raster/raster.ts';

/**
 * A part of a small opaque picture as a square of `side` pixels, three levels each, by the cubic that libvips resizes
 * with, to within a level: for so few pixels a pipeline takes ten times what they do.
 */
export function resizeToSquare({ data, width }: Raster, area: Box, side: number): Float32Array {
  const across = tapsOf(area.width, side);
  const down = area.height === area.width ? across : tapsOf(area.height, side);
  const stride = side * 3;
  const rows = new Float32Array(area.height * stride);
  for (let x = 0; x < side; x++) {
    const { sources, weights } = across[x] as Taps;
    for (let y = 0; y < area.height; y++) {
      const row = ((area.top + y) * width + area.left) * 3;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let tap = 0; tap < weights.length; tap++) {
        const weight = weights[tap];
        const from = row + 3 * sources[tap];
        red += weight * data[from];
        green += weight * data[from + 1];
        blue += weight * data[from + 2];
      }
      const to = y * stride + 3 * x;
      rows[to] = red;
      rows[to + 1] = green;
      rows[to + 2] = blue;
    }
  }
  const square = new Float32Array(side * stride);
  const sums = new Float64Array(stride);
  for (let y = 0; y < side; y++) {
    const { sources, weights } = down[y] as Taps;
    sums.fill(0);
    for (let tap = 0; tap < weights.length; tap++) {
      const weight = weights[tap];
      const row = sources[tap] * stride;
      for (let i = 0; i < stride; i++) sums[i] = sums[i] + weight * rows[row + i];
    }
    for (let i = 0; i < stride; i++) square[y * stride + i] = Math.max(0, Math.min(255, Math.round(sums[i])));
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
