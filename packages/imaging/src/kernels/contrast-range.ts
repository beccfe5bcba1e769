import { layOut, type MapKernel } from './map-kernel.ts';

/** Sixteen pixels of three channels: what lies so far apart belongs to the same channel. */
const BLOCK = 48;

/** Levels between the least and the largest value of the channel that varies most. */
export function contrastRange(rgb: Uint8Array): number {
  const blocks = Math.ceil(rgb.length / BLOCK);
  const room = blocks * BLOCK;
  const { kernel, memory, places } = layOut([room, room, room]);
  const [white, inverse, map] = places as [number, number, number];
  memory.fill(255, white, white + rgb.length);
  memory.fill(0, inverse, inverse + room);
  memory.fill(0, map, map + room);
  memory.set(rgb, map);
  kernel.differ(white, map, inverse, white + rgb.length);
  // Bytes beyond the last pixel are no pixels.
  memory.fill(0, inverse + rgb.length, inverse + room);
  const most = foldedMost(kernel, memory, map, blocks);
  const least = foldedMost(kernel, memory, inverse, blocks);
  return Math.max(...most.map((value, channel) => value - (255 - least[channel])));
}

/** The largest value of each channel: the second half is laid on the first, until a block is left. */
function foldedMost(kernel: MapKernel, memory: Uint8Array, at: number, blocks: number): number[] {
  let left = blocks;
  while (left > 1) {
    const half = Math.ceil(left / 2);
    kernel.most(at, at + half * BLOCK, at + (left - half) * BLOCK);
    left = half;
  }
  const last = memory.subarray(at, at + BLOCK);
  return [0, 1, 2].map((channel) => Math.max(...last.filter((_, i) => i % 3 === channel)));
}
