import { dilate } from '../../kernels/dilate.ts';
import { noiseOf, stepsOf } from '../background/find-faint-edges.ts';
import type { Background } from '../background/segment-background.ts';
import { connectedComponents } from '../mask/connected-components.ts';
import { partOfMask } from '../mask/part-of-mask.ts';
import { type Segmentation, withOwnMask } from '../segmentation.ts';
import { SHADOW } from './mark-shadow.ts';

/** Levels, above the ground's noise, of a step that light which is merely kept off does not make. */
const HARD = 6;
/**
 * Map pixels in a row over which a shadow may end that hard: shadows of packshots measured up to 9; chrome legs, white
 * cups and shirts that were taken for one 18 to 480.
 */
const LONGEST = 12;
/** Levels between a ground's channels up to which its hue does not tell a shadow from a product. */
const MOST_HUE = 40;
/** A ground darker than this hides its shadows, and shows the light that a product throws beside itself. */
const LEAST_LIGHT = 100;
/** Map pixels within which a step belongs to a border: outlines are blurred. */
const NEAR = 3;

/**
 * Gives back to the product what was marked as shadow but ends against the lit ground in a hard edge: chrome, glass
 * and white parts have the ground's hue and may be entered where they shine, but elsewhere they have an outline.
 */
export function restoreHardEdgedRegions(before: Segmentation): Segmentation {
  const ground = withOwnMask(before);
  const { width, height, mask, rgb } = ground;
  if (!isNeutral(ground) || !mask.includes(SHADOW)) return before;
  const steps = stepsOf(rgb, width, height);
  const least = HARD + noiseOf(steps, width, height, ground.distance, ground.tolerance);
  const nearLit = dilate(partOfMask(mask, 1), width, height, NEAR);
  const nearProduct = dilate(partOfMask(mask, 0), width, height, NEAR);
  for (const region of connectedComponents(partOfMask(mask, SHADOW), width)) {
    // What lies apart fades out all around, or it would not be marked.
    if (region.every((pixel) => nearProduct[pixel] === 0)) continue;
    const hard = region.filter((pixel) => {
      return nearLit[pixel] === 1 && nearProduct[pixel] === 0 && steps[pixel] >= least;
    });
    if (hard.length <= LONGEST || longestRun(hard, ground) <= LONGEST) continue;
    for (const pixel of region) mask[pixel] = 0;
  }
  return ground;
}

function longestRun(pixels: Int32Array, { mask, width }: Background): number {
  const map = new Uint8Array(mask.length);
  for (const pixel of pixels) map[pixel] = 1;
  return Math.max(...connectedComponents(map, width).map(({ length }) => length));
}

function isNeutral({ colour }: Background): boolean {
  const [red = 0, green = 0, blue = 0] = colour;
  const lightest = Math.max(red, green, blue);
  return lightest >= LEAST_LIGHT && lightest - Math.min(red, green, blue) <= MOST_HUE;
}
