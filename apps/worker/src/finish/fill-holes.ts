import { connectedRegions } from './connected-regions.ts';
import type { Ground } from './find-ground.ts';
import { isClearlyBound, openPixels } from './flood-ground.ts';
import { localMost } from './local-most.ts';

// As locals, because a module that runs in a vm context (Jest) pays dearly for every look at a global.
const { abs, max, min } = Math;

/** Least share of the picture that a hole covers; smaller ones are gaps in a pattern. */
const LEAST_SHARE = 0.0004;
/** Mean difference from the ground, in levels and per channel, up to which an enclosed area shows the ground. */
const SAME = 1.5;
/** A ground this light is not told from white by anybody, and what looks like it may be a white label. */
const AS_GOOD_AS_WHITE = 250;

/**
 * Seen through a ring or a handle, a ground that is not white would stay as a patch. It is opened where the picture
 * is exactly the ground's colour over a fair area and clearly enclosed by something else.
 */
export function fillHoles({ width, height, rgb, mask, distance, colour, tolerance }: Ground): void {
  const open = openPixels(distance, width, height, tolerance);
  const holes = open.map((isOpen, pixel) => (isOpen === 1 && mask[pixel] === 0 ? 1 : 0));
  let nearby: Uint8Array | undefined;
  for (const hole of connectedRegions(holes, width)) {
    if (hole.length < LEAST_SHARE * width * height) continue;
    if (!isVisible(colour, hole[0] as number) || differs(hole, rgb, colour)) continue;
    nearby ??= localMost(distance, width, height, 3);
    if (isClearlyBound(hole, open, nearby, width)) for (const pixel of hole) mask[pixel] = 1;
  }
}

function isVisible(colour: Uint8Array, pixel: number): boolean {
  return min(...colour.subarray(pixel * 3, pixel * 3 + 3)) < AS_GOOD_AS_WHITE;
}

function differs(hole: Int32Array, rgb: Uint8Array, colour: Uint8Array): boolean {
  const sums = [0, 0, 0];
  for (const pixel of hole) {
    for (let c = 0; c < 3; c++) {
      sums[c] = (sums[c] as number) + (rgb[pixel * 3 + c] as number) - (colour[pixel * 3 + c] as number);
    }
  }
  return max(...sums.map((sum) => abs(sum / hole.length))) > SAME;
}
