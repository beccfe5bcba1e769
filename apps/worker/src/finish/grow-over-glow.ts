import { connectedRegions } from './connected-regions.ts';
import type { Ground } from './find-ground.ts';
import { isSoftRegion } from './is-soft-region.ts';

// As locals, because a module that runs in a vm context (Jest) pays dearly for every look at a global.
const { abs, max } = Math;

/** Most that a pool of light brightens its ground. */
const MAX_GLOW = 1.3;
/** Largest difference between the channels' brightening. */
const MAX_TINT = 0.05;

/**
 * A lamp on the ground is more than a quadratic can follow: ground that grows steadily brighter, in its own hue, is
 * ground too, with its own colour. A pale product that is brighter than its ground is not: its outline is a step.
 */
export function growOverGlow(ground: Ground): void {
  const { width, height, rgb, mask, colour, distance, faintEdges, gentleStep } = ground;
  const grown = new Uint8Array(mask.length);
  const queue = new Int32Array(mask.length);
  let end = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) if (mask[pixel] === 1) queue[end++] = pixel;
  const visit = (from: number, to: number): void => {
    if (mask[to] !== 0 || grown[to] === 1 || faintEdges[to] === 1) return;
    if (!isBrighterGround(rgb, colour, from, to, gentleStep)) return;
    grown[to] = 1;
    queue[end++] = to;
  };
  for (let start = 0; start < end; start++) {
    const pixel = queue[start] as number;
    const x = pixel % width;
    if (x > 0) visit(pixel, pixel - 1);
    if (x < width - 1) visit(pixel, pixel + 1);
    if (pixel >= width) visit(pixel, pixel - width);
    if (pixel < width * (height - 1)) visit(pixel, pixel + width);
  }
  for (const region of connectedRegions(grown, width)) {
    if (ground.forPale && !isSoftRegion(region, ground, gentleStep + 1)) continue;
    for (const pixel of region) {
      mask[pixel] = 1;
      distance[pixel] = 0;
      colour.set(rgb.subarray(pixel * 3, pixel * 3 + 3), pixel * 3);
    }
  }
}

function isBrighterGround(
  data: Uint8Array,
  colour: Uint8Array,
  from: number,
  to: number,
  maxStep: number,
): boolean {
  let least = 9;
  let most = 0;
  for (let c = 0; c < 3; c++) {
    const value = data[to * 3 + c] as number;
    if (abs(value - (data[from * 3 + c] as number)) > maxStep) return false;
    const light = value / max(1, colour[to * 3 + c] as number);
    if (light < least) least = light;
    if (light > most) most = light;
  }
  return least > 1 && most < MAX_GLOW && most - least < MAX_TINT;
}
