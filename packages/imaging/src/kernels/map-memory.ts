import { createMapKernel, type MapKernel, SLACK } from './map-kernel.ts';
import { roomIn } from './start-wasm.ts';

/** One a thread: what a call leaves in its memory the next one writes over before it reads. */
let kernel: MapKernel | undefined;

/** Rooms of so many bytes in the memory of the map's loops, with as much as these may go beyond each. */
export function layOut(sizes: number[]): { kernel: MapKernel; memory: Uint8Array; places: number[] } {
  kernel ??= createMapKernel();
  let end = 0;
  const places = sizes.map((size) => {
    const place = end;
    end += Math.ceil((size + SLACK) / 16) * 16;
    return place;
  });
  return { kernel, memory: roomIn(kernel.memory, end), places };
}
