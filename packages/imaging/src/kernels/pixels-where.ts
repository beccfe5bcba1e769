import { layOut } from './map-kernel.ts';

/** A map, and the levels that are looked for on it; they may be fractions. */
export interface Levels {
  of: Uint8Array;
  /** Default: 0. */
  least?: number;
  /** Default: 255. */
  most?: number;
}

/** A map with 1 where each of some maps, all of the same size, has a level from `least` to `most`, and 0 elsewhere. */
export function pixelsWhere(...conditions: [Levels, ...Levels[]]): Uint8Array {
  const { length } = conditions[0].of;
  const { kernel, memory, places } = layOut([length, length]);
  const [map, out] = places as [number, number];
  memory.fill(1, out, out + length);
  for (const { of, least = 0, most = 255 } of conditions) {
    const low = Math.max(0, Math.ceil(least));
    const high = Math.min(255, Math.floor(most));
    if (low > high) return new Uint8Array(length);
    memory.set(of, map);
    kernel.keepWithin(map, low, high, out, map + length);
  }
  return memory.slice(out, out + length);
}

/** A map of ones and zeros with each exchanged for the other. */
export function inverted(map: Uint8Array): Uint8Array {
  return pixelsWhere({ of: map, most: 0 });
}
