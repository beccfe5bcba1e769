import { boundaryPixels } from '../mask/boundary-pixels.ts';
import { connectedComponents } from '../mask/connected-components.ts';
import { withOwnColour } from '../segmentation.ts';
import type { Background } from './background.ts';

/** What makes a brighter pixel background. "Of 242": photos that are cut otherwise, 216 of them with a known cut-out. */
const THRESHOLDS = {
  /** Share of its light up to which a pool of light brightens its background. Without the pass 99, doubled 1 of 242. */
  maxGlow: 1.3,
  /** Spread of that share over the channels at most. Halved 35, doubled 42 of 242, and one right cut less. */
  maxTint: 0.05,
};

/**
 * A lamp on the background is more than a quadratic can follow: background that grows steadily brighter, in its own hue, is
 * background too, with its own colour. A pale product that is brighter than its background is not: its outline is a step.
 */
export function extendOverHighlights(before: Background): Background {
  const { width, height } = before;
  const grown = new Uint8Array(before.mask.length);
  const rim = boundaryPixels(before.mask, width);
  const { queue } = rim;
  let { end } = rim;
  for (let start = 0; start < end; start++) {
    const pixel = queue[start];
    const x = pixel % width;
    if (x > 0) end = visit(before, grown, queue, end, pixel, pixel - 1);
    if (x < width - 1) end = visit(before, grown, queue, end, pixel, pixel + 1);
    if (pixel >= width) end = visit(before, grown, queue, end, pixel, pixel - width);
    if (pixel < width * (height - 1)) end = visit(before, grown, queue, end, pixel, pixel + width);
  }
  if (end === rim.end) return before;
  const background = withOwnColour(before);
  const { rgb, mask, colour, distance } = background;
  for (const region of connectedComponents(grown, width)) {
    for (const pixel of region) {
      mask[pixel] = 1;
      distance[pixel] = 0;
      colour.set(rgb.subarray(pixel * 3, pixel * 3 + 3), pixel * 3);
    }
  }
  return background;
}

/** Returns the queue's new end. */
function visit(
  { rgb, mask, colour, gentleStep }: Background,
  grown: Uint8Array,
  queue: Int32Array,
  end: number,
  from: number,
  to: number,
): number {
  if (mask[to] !== 0 || grown[to] === 1) return end;
  if (!isBrighterBackground(rgb, colour, from, to, gentleStep)) return end;
  grown[to] = 1;
  queue[end] = to;
  return end + 1;
}

function isBrighterBackground(
  data: Uint8Array,
  colour: Uint8Array,
  from: number,
  to: number,
  maxStep: number,
): boolean {
  let least = 9;
  let most = 0;
  for (let c = 0; c < 3; c++) {
    const value = data[to * 3 + c];
    if (Math.abs(value - data[from * 3 + c]) > maxStep) return false;
    const light = value / Math.max(1, colour[to * 3 + c]);
    if (light < least) least = light;
    if (light > most) most = light;
  }
  return least > 1 && most < THRESHOLDS.maxGlow && most - least < THRESHOLDS.maxTint;
}
