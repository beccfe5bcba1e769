import { layOut, SLACK } from './map-kernel.ts';

/** The largest value within `reach` pixels along rows and columns (a square), at every pixel, in each of its channels. */
export function dilate(
  values: Uint8Array,
  width: number,
  height: number,
  reach: number,
  channels = 1,
): Uint8Array {
  const row = width * channels;
  // Zeros all around keep rows, and what is beside the map, apart.
  const stride = row + 2 * reach * channels;
  const length = stride * (height + 2 * reach);
  const { kernel, memory, places } = layOut([length]);
  const [map] = places as [number];
  memory.fill(0, map, map + length + SLACK);
  for (let y = 0; y < height; y++) {
    memory.set(values.subarray(y * row, (y + 1) * row), map + (y + reach) * stride + reach * channels);
  }
  const span = 2 * reach + 1;
  // Windows that double: every value becomes the largest of those from it on.
  for (const step of [channels, stride]) {
    for (let window = 1, by = 0; window < span; window += by) {
      by = Math.min(window, span - window);
      kernel.most(map, map + by * step, map + length - by * step);
    }
  }
  const most = new Uint8Array(values.length);
  for (let y = 0; y < height; y++) {
    most.set(memory.subarray(map + y * stride, map + y * stride + row), y * row);
  }
  return most;
}
