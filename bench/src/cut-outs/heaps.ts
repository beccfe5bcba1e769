/** Share of the product from which on a connected heap of wrong pixels is a wrong cut. */
export const HEAP = 0.01;
/** Levels from white below which nobody sees on white what was lost or left. */
const SEEN = 12;

export function isSeen(rgb: Uint8Array, pixel: number): boolean {
  return 255 - Math.min(...rgb.subarray(pixel * 3, pixel * 3 + 3)) >= SEEN;
}

/** Pixels of the largest connected heap; empties the map. */
export function largestHeap(map: Uint8Array, width: number): number {
  let most = 0;
  for (let first = map.indexOf(1); first >= 0; first = map.indexOf(1, first + 1)) {
    const heap = [first];
    map[first] = 0;
    for (const pixel of heap) {
      const x = pixel % width;
      const beside = [pixel - width, pixel + width];
      if (x > 0) beside.push(pixel - 1);
      if (x < width - 1) beside.push(pixel + 1);
      for (const other of beside) {
        if (map[other] !== 1) continue;
        map[other] = 0;
        heap.push(other);
      }
    }
    most = Math.max(most, heap.length);
  }
  return most;
}
