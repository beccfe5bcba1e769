/** Of every call, since megabytes that come and go keep the collector busy. Only used between its lines. */
let queue = new Int32Array(0);

/** Connected stretches of the pixels that `candidates` marks with 1, in the map's order. Consumes `candidates`. */
export function connectedRegions(candidates: Uint8Array, width: number): Int32Array[] {
  const regions: Int32Array[] = [];
  if (queue.length < candidates.length) queue = new Int32Array(candidates.length);
  const pixels = queue;
  for (let first = candidates.indexOf(1); first >= 0; first = candidates.indexOf(1, first + 1)) {
    let end = 0;
    candidates[first] = 0;
    pixels[end++] = first;
    for (let i = 0; i < end; i++) {
      const pixel = pixels[i] as number;
      const left = pixel - 1;
      const right = pixel + 1;
      // Most pixels have no neighbour left to visit, so the division comes last.
      if (candidates[left] === 1 && pixel % width !== 0) {
        candidates[left] = 0;
        pixels[end++] = left;
      }
      if (candidates[right] === 1 && right % width !== 0) {
        candidates[right] = 0;
        pixels[end++] = right;
      }
      if (candidates[pixel - width] === 1) {
        candidates[pixel - width] = 0;
        pixels[end++] = pixel - width;
      }
      if (candidates[pixel + width] === 1) {
        candidates[pixel + width] = 0;
        pixels[end++] = pixel + width;
      }
    }
    regions.push(pixels.slice(0, end));
  }
  return regions;
}
