import { connectedRegions } from './connected-regions.ts';
import { localMost } from './local-most.ts';
import type { Raster } from './raster.ts';

// As locals, because a module that runs in a vm context (Jest) pays dearly for every look at a global.
const { max, min } = Math;

/** Radius in map pixels of the ball that rolls over the ground: it does not pass gaps of a pale product's outline. */
const BALL = 2;
/** A wide ball, which stays out of a pale product although a tenth of its outline has the ground's colour. */
const WIDE_BALL = 24;
/** Fewer pixels in a heap than this are dust, which the balls roll over; a pale outline's dashes are longer. */
const DUST = 6;
/** Levels from which on what borders on a narrow place is clearly not ground. */
export const CLEAR = 25;
/** How far beside the place that may be seen, in map pixels: outlines are blurred. */
const OUTLINE = 3;
/** Share of a narrow place's border that has to be clear for the place to be ground: between legs, in a chain. */
const CLEARLY_BOUND = 0.8;

/**
 * Floods the ground from the border inward over everything within `tolerance` of its colour: 1 where it comes. Where a
 * pale product happens to have that colour only a faint edge tells it apart, so edges bound the ground too; they have
 * gaps, so the flood rolls a ball that does not fit through them. Where only
 * something thinner than the ball gets through, the place counts as ground when what encloses it is clearly not.
 */
export function floodGround(
  { width, height }: Raster,
  distance: Uint8Array,
  faintEdges: Uint8Array,
  tolerance: number,
): Uint8Array {
  const open = openPixels(distance, width, height, tolerance);
  const nearby = localMost(distance, width, height, OUTLINE);
  for (let pixel = 0; pixel < open.length; pixel++) if (faintEdges[pixel] === 1) open[pixel] = 0;
  const mask = roll(open, BALL, width, height);
  keepPaleInsides(mask, open, distance, faintEdges, width, height);
  const narrow = floodFrom(open, borderSeeds(open, width, height), width, height);
  let isAny = false;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] === 1) narrow[pixel] = 0;
    else if (narrow[pixel] === 1) isAny = true;
  }
  if (!isAny) return mask;
  for (const place of connectedRegions(narrow, width)) {
    if (!isClearlyBound(place, open, nearby, width)) continue;
    for (const pixel of place) mask[pixel] = 1;
  }
  return mask;
}

/** The same without a ball and without regard for edges: everything of the colour that can be reached. */
export function floodPlainly({ width, height }: Raster, distance: Uint8Array, tolerance: number): Uint8Array {
  const open = new Uint8Array(distance.length);
  for (let pixel = 0; pixel < open.length; pixel++) {
    if ((distance[pixel] as number) <= tolerance) open[pixel] = 1;
  }
  return floodFrom(open, borderSeeds(open, width, height), width, height);
}

/**
 * Takes back what lies in a bay of something pale and is not quite like ground: light and folds inside a white shirt
 * that stands on white.
 */
function keepPaleInsides(
  mask: Uint8Array,
  open: Uint8Array,
  distance: Uint8Array,
  faintEdges: Uint8Array,
  width: number,
  height: number,
): void {
  if (!faintEdges.includes(1)) return;
  const wide = roll(open, WIDE_BALL, width, height);
  const bays = mask.map((value, pixel) => (value === 1 && wide[pixel] === 0 ? 1 : 0));
  const edges = localMost(faintEdges, width, height, OUTLINE);
  for (const bay of connectedRegions(bays, width)) {
    if (bay.length < LEAST_BAY || !isOutlined(bay, open, edges, width)) continue;
    const mean = bay.reduce((sum, pixel) => sum + (distance[pixel] as number), 0) / bay.length;
    const around = meanAround(bay, distance, wide, width);
    if (mean > UNLIKE.times * around + UNLIKE.levels) for (const pixel of bay) mask[pixel] = 0;
  }
}

/** Share of what bounds a bay that is a faint outline, if something pale encloses it; a soft shadow has none. */
const OUTLINED = 0.5;

function isOutlined(bay: Int32Array, open: Uint8Array, edges: Uint8Array, width: number): boolean {
  let bound = 0;
  let outlined = 0;
  for (const pixel of bay) {
    for (const next of [pixel - 1, pixel + 1, pixel - width, pixel + width]) {
      if (open[next] !== 0) continue;
      bound++;
      if (edges[next] === 1) outlined++;
    }
  }
  return outlined > OUTLINED * bound;
}

/** A bay smaller than this, in map pixels, is decided by its outline alone. */
const LEAST_BAY = 60;
/**
 * Mean difference from the ground's colour, against that of the open ground nearby and in levels, from which on a bay is
 * something pale: the insides of white shirts measured 0.5 to 1 on even grounds, real ground 0 to 0.25.
 */
const UNLIKE = { times: 1.6, levels: 0.4 };

/** The open ground's mean difference in the box around a bay: where light falls off, bays differ like what is beside them. */
function meanAround(bay: Int32Array, distance: Uint8Array, wide: Uint8Array, width: number): number {
  let [left, right, top, bottom] = [width, 0, distance.length, 0];
  for (const pixel of bay) {
    const x = pixel % width;
    const y = (pixel - x) / width;
    left = min(left, x);
    right = max(right, x);
    top = min(top, y);
    bottom = max(bottom, y);
  }
  let sum = 0;
  let count = 0;
  const lastRow = min(distance.length / width - 1, bottom + WIDE_BALL);
  for (let y = max(0, top - WIDE_BALL); y <= lastRow; y++) {
    const last = y * width + min(width - 1, right + WIDE_BALL);
    for (let pixel = y * width + max(0, left - WIDE_BALL); pixel <= last; pixel++) {
      if (wide[pixel] !== 1) continue;
      sum += distance[pixel] as number;
      count++;
    }
  }
  return sum / max(1, count);
}

/** Whether what encloses a region of open pixels differs clearly from the ground nearly everywhere. */
export function isClearlyBound(
  region: Int32Array,
  open: Uint8Array,
  nearby: Uint8Array,
  width: number,
  least = CLEAR,
): boolean {
  let bound = 0;
  let clear = 0;
  for (const pixel of region) {
    for (const next of [pixel - 1, pixel + 1, pixel - width, pixel + width]) {
      if (open[next] !== 0) continue;
      bound++;
      if ((nearby[next] as number) >= least) clear++;
    }
  }
  return clear >= CLEARLY_BOUND * bound;
}

/** 1 where the picture keeps to the ground's colour. A lone pixel that does not is noise and stops nobody. */
export function openPixels(
  distance: Uint8Array,
  width: number,
  height: number,
  tolerance: number,
): Uint8Array {
  const open = new Uint8Array(distance.length);
  for (let pixel = 0; pixel < open.length; pixel++)
    if ((distance[pixel] as number) <= tolerance) open[pixel] = 1;
  for (let y = 1; y < height - 1; y++) {
    for (let pixel = y * width + 1; pixel < (y + 1) * width - 1; pixel++) {
      if (open[pixel] === 1 || (distance[pixel] as number) > tolerance + 6) continue;
      let around = 0;
      for (let row = pixel - width; row <= pixel + width; row += width) {
        around += (open[row - 1] as number) + (open[row] as number) + (open[row + 1] as number);
      }
      if (around >= 7) open[pixel] = 1;
    }
  }
  return open;
}

/** Where the ball gets to from the border, as wide as the ball is. */
function roll(open: Uint8Array, radius: number, width: number, height: number): Uint8Array {
  const centres = roomyPixels(open, radius, width, height);
  const ball = floodFrom(centres, borderSeeds(centres, width, height), width, height);
  // Back to full width, one ring more than was taken off: corners of the ball.
  return grownWithin(ball, open, width, height, radius + 1);
}

/** Open pixels with nothing but open pixels within the radius; beyond the frame everything is open. */
function roomyPixels(open: Uint8Array, radius: number, width: number, height: number): Uint8Array {
  const closed = new Uint8Array(open.length);
  for (const heap of connectedRegions(
    open.map((value) => 1 - value),
    width,
  )) {
    if (heap.length >= DUST) for (const pixel of heap) closed[pixel] = 1;
  }
  const rows = new Uint8Array(open.length);
  for (let y = 0; y < height; y++) widen(closed, rows, y * width, 1, width, radius);
  const near = new Uint8Array(open.length);
  for (let x = 0; x < width; x++) widen(rows, near, x, width, height, radius);
  return near.map((value) => 1 - value);
}

/** Marks in `to` what lies within the radius of a mark of `from`, along one line of `length` pixels. */
function widen(
  from: Uint8Array,
  to: Uint8Array,
  start: number,
  stride: number,
  length: number,
  radius: number,
): void {
  let until = -1;
  for (let i = 0, pixel = start; i < length; i++, pixel += stride) {
    if (from[pixel] === 1) until = i + radius;
    if (i <= until) to[pixel] = 1;
  }
  until = -1;
  for (let i = 0, pixel = start + (length - 1) * stride; i < length; i++, pixel -= stride) {
    if (from[pixel] === 1) until = i + radius;
    if (i <= until) to[pixel] = 1;
  }
}

function grownWithin(
  mask: Uint8Array,
  open: Uint8Array,
  width: number,
  height: number,
  rings: number,
): Uint8Array {
  const queue = new Int32Array(mask.length);
  let end = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) if (mask[pixel] === 1) queue[end++] = pixel;
  for (let ring = 0, start = 0; ring < rings; ring++) {
    const ringEnd = end;
    while (start < ringEnd)
      end = visitAround(queue[start++] as number, open, mask, queue, end, width, height);
  }
  return mask;
}

function floodFrom(open: Uint8Array, seeds: Int32Array, width: number, height: number): Uint8Array {
  const mask = new Uint8Array(open.length);
  const queue = new Int32Array(open.length);
  let end = 0;
  for (const seed of seeds) {
    if (mask[seed] === 1) continue;
    mask[seed] = 1;
    queue[end++] = seed;
  }
  for (let start = 0; start < end; start++) {
    end = visitAround(queue[start] as number, open, mask, queue, end, width, height);
  }
  return mask;
}

/** Marks and queues the open neighbours of a pixel; returns the queue's new end. */
function visitAround(
  pixel: number,
  open: Uint8Array,
  mask: Uint8Array,
  queue: Int32Array,
  end: number,
  width: number,
  height: number,
): number {
  const x = pixel % width;
  let to = end;
  if (x > 0 && open[pixel - 1] === 1 && mask[pixel - 1] === 0) {
    mask[pixel - 1] = 1;
    queue[to++] = pixel - 1;
  }
  if (x < width - 1 && open[pixel + 1] === 1 && mask[pixel + 1] === 0) {
    mask[pixel + 1] = 1;
    queue[to++] = pixel + 1;
  }
  if (pixel >= width && open[pixel - width] === 1 && mask[pixel - width] === 0) {
    mask[pixel - width] = 1;
    queue[to++] = pixel - width;
  }
  if (pixel < width * (height - 1) && open[pixel + width] === 1 && mask[pixel + width] === 0) {
    mask[pixel + width] = 1;
    queue[to++] = pixel + width;
  }
  return to;
}

function borderSeeds(open: Uint8Array, width: number, height: number): Int32Array {
  const seeds: number[] = [];
  for (let y = 0; y < height; y++) {
    const edgeRow = y < 2 || y >= height - 2;
    for (let x = 0; x < width; x++) {
      if (!edgeRow && x === 2 && width > 4) x = width - 2;
      if (open[y * width + x] === 1) seeds.push(y * width + x);
    }
  }
  return Int32Array.from(seeds);
}
