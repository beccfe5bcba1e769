import { layOut } from './map-kernel.ts';

/** The largest difference between the channels of each pixel of two maps of three channels. */
export function maxChannelDifference(rgb: Uint8Array, other: Uint8Array): Uint8Array {
  const { kernel, memory, places } = layOut([rgb.length, rgb.length, rgb.length, rgb.length / 3]);
  const [one, two, differences, most] = places as [number, number, number, number];
  memory.set(rgb, one);
  memory.set(other, two);
  memory.fill(0, differences, differences + rgb.length);
  kernel.differ(one, two, differences, one + rgb.length);
  kernel.mostOfChannels(differences, most, differences + rgb.length);
  return memory.slice(most, most + rgb.length / 3);
}
