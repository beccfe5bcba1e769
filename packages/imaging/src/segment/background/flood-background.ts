import { dilate } from '../../kernels/dilate.ts';
import type { Raster } from '../../raster/raster.ts';
import { connectedComponents } from '../mask/connected-components.ts';
import { findRuns } from '../mask/find-runs.ts';

/** Radius in map pixels of the ball that rolls over the background: it does not pass gaps of a pale product's outline. */
const BALL = 2;
/** A wide ball, which stays out of a pale product although a tenth of its outline has the background's colour. */
const WIDE_BALL = 24;
/** Fewer pixels in a heap than this are dust, which the balls roll over; a pale outline's dashes are longer. */
const DUST = 6;
/** Levels from which on what borders on a narrow place is clearly not background. */
export const CLEAR = 25;
/** How far beside the place that may be seen, in map pixels: outlines are blurred. */
const OUTLINE = 3;
/** Share of a narrow place's border that has to be clear for the place to be background: between legs, in a chain. */
const CLEARLY_BOUND = 0.8;

/**
 * Floods the background from the border inward over everything within `tolerance` of its colour: 1 where it comes. Where a
 * pale product happens to have that colour only a faint edge tells it apart, so edges bound the background too; they have
 * gaps, so the flood rolls a ball that does not fit through them. Where only
 * something thinner than the ball gets through, the place counts as background when what encloses it is clearly not.
 */
export function floodBackground(
  { width, height }: Raster,
  distance: Uint8Array,
  faintEdges: Uint8Array,
  tolerance: number,
): Uint8Array {
  const open = openPixels(distance, width, height, tolerance);
  const nearby = dilate(distance, width, height, OUTLINE);
  for (let pixel = 0; pixel < open.length; pixel++) if (faintEdges[pixel] === 1) open[pixel] = 0;
  const closed = obstacles(open, width);
  const mask = morphologicalOpen(open, closed, BALL, width, height);
  keepPaleInsides(mask, open, closed, distance, faintEdges, width, height);
  const narrow = floodFrom(open, width, height);
  let isAny = false;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] === 1) narrow[pixel] = 0;
    else if (narrow[pixel] === 1) isAny = true;
  }
  if (!isAny) return mask;
  for (const place of connectedComponents(narrow, width)) {
    if (!isClearlyBound(place, open, nearby, width)) continue;
    for (const pixel of place) mask[pixel] = 1;
  }
  return mask;
}

/** The same without a ball and without regard for edges: everything of the colour that can be reached. */
export function floodPlainly({ width, height }: Raster, distance: Uint8Array, tolerance: number): Uint8Array {
  const open = new Uint8Array(distance.length);
  for (let pixel = 0; pixel < open.length; pixel++) {
    if (distance[pixel] <= tolerance) open[pixel] = 1;
  }
  return floodFrom(open, width, height);
}

/**
 * Takes back what lies in a bay of something pale and is not quite like background: light and folds inside a white shirt
 * that stands on white.
 */
function keepPaleInsides(
  mask: Uint8Array,
  open: Uint8Array,
  closed: Uint8Array,
  distance: Uint8Array,
  faintEdges: Uint8Array,
  width: number,
  height: number,
): void {
  if (!faintEdges.includes(1)) return;
  const wide = morphologicalOpen(open, closed, WIDE_BALL, width, height);
  const bays = new Uint8Array(mask.length);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] === 1 && wide[pixel] === 0) bays[pixel] = 1;
  }
  const edges = dilate(faintEdges, width, height, OUTLINE);
  for (const bay of connectedComponents(bays, width)) {
    if (bay.length < LEAST_BAY || !isOutlined(bay, open, edges, width)) continue;
    const mean = bay.reduce((sum, pixel) => sum + distance[pixel], 0) / bay.length;
    const around = meanAround(bay, distance, wide, width);
    if (mean > UNLIKE.times * around + UNLIKE.levels) for (const pixel of bay) mask[pixel] = 0;
  }
}

/** Share of what bounds a bay that is a faint outline, if something pale encloses it; a soft shadow has none. */
const OUTLINED = 0.5;

function isOutlined(bay: Int32Array, open: Uint8Array, edges: Uint8Array, width: number): boolean {
  let bound = 0;
  let outlined = 0;
  const ways = [-1, 1, -width, width];
  for (const pixel of bay) {
    for (const way of ways) {
      if (open[pixel + way] !== 0) continue;
      bound++;
      if (edges[pixel + way] === 1) outlined++;
    }
  }
  return outlined > OUTLINED * bound;
}

/** A bay smaller than this, in map pixels, is decided by its outline alone. */
const LEAST_BAY = 60;
/**
 * Mean difference from the background's colour, against that of the open background nearby and in levels, from which on a bay is
 * something pale: the insides of white shirts measured 0.5 to 1 on even backgrounds, real background 0 to 0.25.
 */
const UNLIKE = { times: 1.6, levels: 0.4 };

/** The open background's mean difference in the box around a bay: where light falls off, bays differ like what is beside them. */
function meanAround(bay: Int32Array, distance: Uint8Array, wide: Uint8Array, width: number): number {
  let [left, right, top, bottom] = [width, 0, distance.length, 0];
  for (const pixel of bay) {
    const x = pixel % width;
    const y = (pixel - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  let sum = 0;
  let count = 0;
  const lastRow = Math.min(distance.length / width - 1, bottom + WIDE_BALL);
  for (let y = Math.max(0, top - WIDE_BALL); y <= lastRow; y++) {
    const last = y * width + Math.min(width - 1, right + WIDE_BALL);
    for (let pixel = y * width + Math.max(0, left - WIDE_BALL); pixel <= last; pixel++) {
      if (wide[pixel] !== 1) continue;
      sum += distance[pixel];
      count++;
    }
  }
  return sum / Math.max(1, count);
}

/** Whether what encloses a region of open pixels differs clearly from the background nearly everywhere. */
export function isClearlyBound(
  region: Int32Array,
  open: Uint8Array,
  nearby: Uint8Array,
  width: number,
  least = CLEAR,
): boolean {
  let bound = 0;
  let clear = 0;
  const ways = [-1, 1, -width, width];
  for (const pixel of region) {
    for (const way of ways) {
      if (open[pixel + way] !== 0) continue;
      bound++;
      if (nearby[pixel + way] >= least) clear++;
    }
  }
  return clear >= CLEARLY_BOUND * bound;
}

/** 1 where the picture keeps to the background's colour. A lone pixel that does not is noise and stops nobody. */
export function openPixels(
  distance: Uint8Array,
  width: number,
  height: number,
  tolerance: number,
): Uint8Array {
  const open = new Uint8Array(distance.length);
  for (let pixel = 0; pixel < open.length; pixel++) if (distance[pixel] <= tolerance) open[pixel] = 1;
  for (let y = 1; y < height - 1; y++) {
    for (let pixel = y * width + 1; pixel < (y + 1) * width - 1; pixel++) {
      if (open[pixel] === 1 || distance[pixel] > tolerance + 6) continue;
      let around = 0;
      for (let row = pixel - width; row <= pixel + width; row += width) {
        around += open[row - 1] + open[row] + open[row + 1];
      }
      if (around >= 7) open[pixel] = 1;
    }
  }
  return open;
}

/** Where the ball gets to from the border, as wide as the ball is. */
function morphologicalOpen(
  open: Uint8Array,
  closed: Uint8Array,
  radius: number,
  width: number,
  height: number,
): Uint8Array {
  const centres = roomyPixels(closed, radius, width, height);
  const ball = floodFrom(centres, width, height);
  // Back to full width, one ring more than was taken off: corners of the ball.
  return grownWithin(ball, open, width, height, radius + 1);
}

/** What stops a ball: everything that is not open, but for dust. */
export function obstacles(open: Uint8Array, width: number): Uint8Array {
  const candidates = new Uint8Array(open.length);
  for (let pixel = 0; pixel < open.length; pixel++) candidates[pixel] = 1 - open[pixel];
  const closed = new Uint8Array(open.length);
  for (const heap of connectedComponents(candidates, width)) {
    if (heap.length < DUST) continue;
    for (let i = 0; i < heap.length; i++) closed[heap[i]] = 1;
  }
  return closed;
}

/** Open pixels with nothing but open pixels within the radius; beyond the frame everything is open. */
function roomyPixels(closed: Uint8Array, radius: number, width: number, height: number): Uint8Array {
  const near = dilate(closed, width, height, radius);
  for (let pixel = 0; pixel < near.length; pixel++) near[pixel] = 1 - near[pixel];
  return near;
}

/** Grows the mask over open pixels by so many rings. */
function grownWithin(
  mask: Uint8Array,
  open: Uint8Array,
  width: number,
  height: number,
  rings: number,
): Uint8Array {
  const room = new Uint8Array(mask.length);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (open[pixel] === 1 && mask[pixel] === 0) room[pixel] = 1;
  }
  const pixels = queueOf(mask.length);
  let end = 0;
  const last = width * (height - 1);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] !== 1) continue;
    const isRim =
      room[pixel - 1] === 1 ||
      room[pixel + 1] === 1 ||
      (pixel >= width && room[pixel - width] === 1) ||
      (pixel < last && room[pixel + width] === 1);
    if (isRim) pixels[end++] = pixel;
  }
  for (let ring = 0, start = 0; ring < rings && start < end; ring++) {
    const ringEnd = end;
    end = visitAround(room, mask, pixels, start, ringEnd, width);
    start = ringEnd;
  }
  return mask;
}

/** Marks what is open and can be reached from the border's open pixels: the outermost two rows and columns. */
function floodFrom(open: Uint8Array, width: number, height: number): Uint8Array {
  const { starts, ends, roots, count } = findRuns(open, width);
  const isReached = new Uint8Array(count);
  for (let run = 0; run < count; run++) {
    const start = starts[run];
    const row = Math.floor(start / width);
    const left = start - row * width;
    const right = ends[run] - row * width;
    if (row < 2 || row >= height - 2 || left < 2 || right > width - 2) isReached[roots[run]] = 1;
  }
  const mask = new Uint8Array(open.length);
  for (let run = 0; run < count; run++) {
    if (isReached[roots[run]] === 1) mask.fill(1, starts[run], ends[run]);
  }
  return mask;
}

/**
 * Marks and queues the neighbours with room of the pixels queued from `start` to `queued`. Returns the queue's new end. What is marked has no room any more, so only one map is looked at.
 */
function visitAround(
  room: Uint8Array,
  mask: Uint8Array,
  pixels: Int32Array,
  start: number,
  queued: number,
  width: number,
): number {
  let end = queued;
  for (let i = start; i < queued; i++) {
    const pixel = pixels[i];
    const left = pixel - 1;
    const right = pixel + 1;
    // Most pixels have no neighbour left to visit, so the division comes last.
    if (room[left] === 1 && pixel % width !== 0) {
      room[left] = 0;
      mask[left] = 1;
      pixels[end++] = left;
    }
    if (room[right] === 1 && right % width !== 0) {
      room[right] = 0;
      mask[right] = 1;
      pixels[end++] = right;
    }
    const above = pixel - width;
    if (room[above] === 1) {
      room[above] = 0;
      mask[above] = 1;
      pixels[end++] = above;
    }
    const below = pixel + width;
    if (room[below] === 1) {
      room[below] = 0;
      mask[below] = 1;
      pixels[end++] = below;
    }
  }
  return end;
}

/** Of every flood, since megabytes that come and go keep the collector busy. */
let queue = new Int32Array(0);

function queueOf(length: number): Int32Array {
  if (queue.length < length) queue = new Int32Array(length);
  return queue;
}
