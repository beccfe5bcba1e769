import { layOut, SLACK } from './map-kernel.ts';

/** Two neighbours of a pixel, as distances from it in pixels of the map's order, and two farther ones. */
export interface Step {
  near: [number, number];
  /** The step counts only where the difference between these is less than `RAMP` times as large. */
  far?: [number, number];
}

/**
 * The largest difference between the channels of the `near` pixels, of all `steps`, at each pixel from `first` to `end`
 * (whose neighbours all have to be on the map); 0 elsewhere.
 */
export function edgeStrength(
  rgb: Uint8Array,
  ranges: { first: number; end: number; steps: Step[] }[],
): Uint8Array {
  const { kernel, memory, places } = layOut([rgb.length, rgb.length, rgb.length / 3]);
  const [map, differences, most] = places as [number, number, number];
  memory.set(rgb, map);
  memory.fill(0, differences, differences + rgb.length);
  for (const { first, end, steps } of ranges) {
    if (first >= end) continue;
    const out = differences + 3 * first;
    const at = (distance: number) => map + 3 * (first + distance);
    const until = (distance: number) => map + 3 * (end + distance);
    for (const { near, far } of steps) {
      const [a, b] = near;
      if (far) kernel.stepUp(at(a), at(b), at(far[0]), at(far[1]), out, until(a));
      else kernel.differ(at(a), at(b), out, until(a));
    }
    // The loops write up to the next full vector.
    memory.fill(0, differences + 3 * end, differences + 3 * end + SLACK);
  }
  kernel.mostOfChannels(differences, most, differences + rgb.length);
  return memory.slice(most, most + rgb.length / 3);
}
