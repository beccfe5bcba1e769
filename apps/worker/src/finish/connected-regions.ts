/** Connected stretches of the pixels that `candidates` marks with 1, in the map's order. Consumes `candidates`. */
export function connectedRegions(candidates: Uint8Array, width: number): Int32Array[] {
  const regions: Int32Array[] = [];
  const queue = new Int32Array(candidates.length);
  let end = 0;
  for (let first = candidates.indexOf(1); first >= 0; first = candidates.indexOf(1, first + 1)) {
    const start = end;
    candidates[first] = 0;
    queue[end++] = first;
    for (let i = start; i < end; i++) {
      const pixel = queue[i] as number;
      const x = pixel % width;
      // Most pixels have no neighbour left to visit, so no list of them is made here.
      for (let side = 0; side < 4; side++) {
        if ((side === 0 && x === 0) || (side === 1 && x === width - 1)) continue;
        const next = pixel + (side === 0 ? -1 : side === 1 ? 1 : side === 2 ? -width : width);
        if (candidates[next] !== 1) continue;
        candidates[next] = 0;
        queue[end++] = next;
      }
    }
    regions.push(queue.slice(start, end));
  }
  return regions;
}
