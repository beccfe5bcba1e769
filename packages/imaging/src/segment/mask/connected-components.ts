import { findRuns } from './find-runs.ts';

/**
 * Connected stretches of the pixels that `candidates` marks with 1, in the map's order, as are the pixels of each.
 * `diagonally`: touching at a corner is enough.
 */
export function connectedComponents(
  candidates: Uint8Array,
  width: number,
  { diagonally = false } = {},
): Int32Array[] {
  const { starts, ends, roots, count } = findRuns(candidates, width, diagonally);
  const sizes = new Int32Array(count);
  for (let run = 0; run < count; run++) {
    const root = roots[run];
    sizes[root] = sizes[root] + ends[run] - starts[run];
  }
  const regions: Int32Array[] = [];
  // A root is its region's first run, so every region is there before more is added to it.
  const filled = new Int32Array(count);
  const numbers = new Int32Array(count);
  for (let run = 0; run < count; run++) {
    const root = roots[run];
    if (root === run) numbers[run] = regions.push(new Int32Array(sizes[run])) - 1;
    const region = regions[numbers[root]] as Int32Array;
    let at = filled[root];
    for (let pixel = starts[run]; pixel < ends[run]; pixel++) region[at++] = pixel;
    filled[root] = at;
  }
  return regions;
}
