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

/** Pixels in a row that a map marks, and how they hang together. Good until the next call. */
export interface Runs {
  /** How many there are, in the map's order. */
  count: number;
  /** First pixel of each, and the first one after it. */
  starts: Int32Array;
  ends: Int32Array;
  /** The first run of the region that each belongs to. */
  roots: Int32Array;
}

/** Of every call, since megabytes that come and go keep the collector busy. */
let starts = new Int32Array(0);
let ends = new Int32Array(0);
let roots = new Int32Array(0);

/**
 * Finds the runs of 1s in the rows of a map, and which of them touch, along the sides or, with `diagonally`, at corners
 * too. Runs are far fewer than pixels, and a search for a byte looks at many at once, so this takes a fraction of a
 * flood from pixel to pixel.
 */
export function findRuns(map: Uint8Array, width: number, diagonally = false): Runs {
  if (starts.length < map.length) {
    starts = new Int32Array(map.length);
    ends = new Int32Array(map.length);
    roots = new Int32Array(map.length);
  }
  const reach = diagonally ? 1 : 0;
  let count = 0;
  // The runs of the row above, and the first of this row.
  let above = 0;
  let firstHere = 0;
  let rowEnd = 0;
  for (let start = map.indexOf(1); start >= 0; start = map.indexOf(1, ends[count - 1])) {
    if (start >= rowEnd) {
      const row = start - (start % width);
      above = row === rowEnd ? firstHere : count;
      firstHere = count;
      rowEnd = row + width;
    }
    let end = start + 1;
    while (end < rowEnd && map[end] === 1) end++;
    starts[count] = start;
    ends[count] = end;
    roots[count] = count;
    // What ends before this run begins touches none of the later ones either.
    while (above < firstHere && ends[above] + width + reach <= start) above++;
    for (let one = above; one < firstHere && starts[one] + width < end + reach; one++) {
      join(one, count);
    }
    count++;
  }
  // A root comes before all that hang on it, so its own is settled by then.
  for (let run = 0; run < count; run++) roots[run] = roots[roots[run]];
  return { count, starts, ends, roots };
}

/** The earlier of two regions takes the later one in. */
function join(one: number, other: number): void {
  const a = rootOf(one);
  const b = rootOf(other);
  if (a < b) roots[b] = a;
  else roots[a] = b;
}

function rootOf(run: number): number {
  let root = run;
  while (roots[root] !== root) root = roots[root];
  // Shorter ways for the next who asks.
  for (let at = run; at !== root; ) {
    const next = roots[at];
    roots[at] = root;
    at = next;
  }
  return root;
}
