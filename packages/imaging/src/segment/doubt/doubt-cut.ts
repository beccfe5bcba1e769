import { dilate } from '../../kernels/dilate.ts';
import { edgeStrength, type Step } from '../../kernels/edge-strength.ts';
import { hidesBackground } from '../background/fill-holes.ts';
import { isWhitish, WHITISH, whitenessOf } from '../background/segment-background.ts';
import { connectedComponents } from '../mask/connected-components.ts';
import type { Segmentation } from '../segmentation.ts';
import { noiseOf, stepsOf } from './edge-steps.ts';
import { isRagged } from './is-ragged.ts';

/** Signs of a poor cut, as shares of the outline's length. */
interface CutSigns {
  /** Sharp edges that run through what was taken for background, away from the product: its other half, or furniture. */
  stray: number;
  /** Outline without an edge of the picture under it: a cut through the middle of something. */
  unsupported: number;
  /** Longest of the stray edges on a whitish background, in map pixels. */
  longestStray: number;
  /** Outline on a background without noise that nothing but a hardly visible step lies under. */
  hardlySupported: number;
}

/** Good cuts of photos measure 0 to 0.06; a camera that lost its white body 0.18 to 0.33. */
const MOST_STRAY = 0.1;
/** Good cuts measure 0 to 0.054; a ragged tennis ball 0.08, shoes cut through their soles 0.22 and more. */
const MOST_UNSUPPORTED = 0.07;
/** The same on a background at the limit of what counts as one; a shoe whose white foam was lost measured 0.036 and 0. */
const MOST_STRAY_ON_ROUGH = 0.03;
const MOST_UNSUPPORTED_ON_ROUGH = 0.06;
const ROUGH = 25;
/** On a background this even, outlines and lost parts are looked for that are far fainter. */
const EVEN = 6;
/** There good cuts measure 0 to 0.03; a white cushion that was eaten where it has the background's colour 0.046 and more. */
const MOST_UNSUPPORTED_ON_EVEN = 0.038;
/** On a whitish background good cuts leave clear runs of up to 7 map pixels outside; white soles and covers 23 and more. */
const LONGEST_STRAY = 18;
/** Good cuts measure 0 to 0.07; white tubes and a shirt that were eaten up to their own shading 0.25 to 0.4. */
const MOST_HARDLY_SUPPORTED = 0.15;

/**
 * Looks at a cut on the map, once `findProduct` has decided what is background, and says what is wrong with it; `null`
 * when nothing is.
 */
export function doubtCut(segmentation: Segmentation): string | null {
  if (segmentation.fromAlpha) return null;
  const { stray, unsupported, longestStray, hardlySupported } = signsOf(segmentation);
  if (hidesBackground(segmentation))
    return 'a part of the cut-out looks just like the ground: it may be a hole';
  if (isRagged(segmentation))
    return 'the outline of the cut-out is ragged: parts of the product may be missing';
  const isRough = segmentation.tolerance >= ROUGH;
  if (stray > (isRough ? MOST_STRAY_ON_ROUGH : MOST_STRAY) || longestStray > LONGEST_STRAY)
    return 'sharp edges lie outside the cut-out: a part of the product may be missing';
  const isEven = segmentation.tolerance <= EVEN;
  const onOthers = isEven ? MOST_UNSUPPORTED_ON_EVEN : MOST_UNSUPPORTED;
  const most = isRough ? MOST_UNSUPPORTED_ON_ROUGH : onOthers;
  return unsupported > most || hardlySupported > MOST_HARDLY_SUPPORTED
    ? 'the cut-out does not follow the edges of the picture'
    : null;
}

/** Levels of a step that nobody overlooks. */
const SHARP = 7;
/** Levels of a step that a pale outline has at least. */
const VISIBLE = 3;
/** The same two on an even background. */
const FAINTLY_SHARP = 4;
const FAINTLY_VISIBLE = 2;
/** Map pixels along the picture's own edges in which no outline is looked for. */
const FRAME = 3;
/** Map pixels that an edge runs for at least. */
const LEAST_RUN = 14;
/**
 * On a whitish background of one colour and without noise, two levels are an outline if they run on for long: a sheet of paper that was
 * taken for background measures 0.5 to 2 times the rest's outline, good cuts 0 to 0.07. On a gradient the codec's own blocks
 * make such steps.
 */
const HARDLY_VISIBLE = 2;
const LEAST_FAINT_RUN = 30;
/** Levels by which the colour of such a background varies over the picture at most, */
const ONE_COLOUR = 5;
/** or along its border: what was taken for background and is none has a part in the colour of the rest. */
const ONE_BORDER = 2;
const PURE_WHITE = 254;
/** Levels of a step, above the noise, of which a run far out is no shadow's rim on a whitish background. */
const CLEAR_STEP = 4;
/** Distance from the product within which edges are its own: blur, ripples, the shadow's beginning. */
const BESIDE = 5;

function signsOf(segmentation: Segmentation): CutSigns {
  const { width, height, rgb, mask, clearedShadow } = segmentation;
  const steps = stepsOf(rgb, width, height);
  const noise = noiseOf(steps, width, height, segmentation.distance, segmentation.tolerance);
  const isEven = segmentation.tolerance <= EVEN;
  const sharp = Math.max(isEven ? FAINTLY_SHARP : SHARP, 2 * noise);
  const visible = isEven ? FAINTLY_VISIBLE : Math.max(VISIBLE, 2 * noise);
  const product = new Uint8Array(mask.length);
  // The rim of a shadow may be hard, of one that was cleared as well.
  const known = new Uint8Array(mask.length);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] === 0) product[pixel] = 1;
    if (mask[pixel] !== 1 || clearedShadow?.[pixel] === 1) known[pixel] = 1;
  }
  const outline = outlineOf(product, width);
  const length = Math.max(1, outline.length);

  const beside = dilate(known, width, height, Math.max(BESIDE, segmentation.block + 2));
  let strayLength = lengthOfRuns(stepsOutside(steps, beside, sharp), width, LEAST_RUN);
  if (noise <= 1 && isOneWhite(segmentation)) {
    const faint = stepsOutside(steps, beside, HARDLY_VISIBLE + noise);
    strayLength = Math.max(strayLength, lengthOfRuns(faint, width, LEAST_FAINT_RUN));
  }

  let longestStray = 0;
  if (isWhitish(segmentation)) {
    for (const run of connectedComponents(stepsOutside(steps, beside, CLEAR_STEP + noise), width)) {
      if (run.length > longestStray && isInside(run, width, height)) longestStray = run.length;
    }
  }

  const nearSteps = dilate(plainSteps(rgb, width, height), width, height, 2);
  let unsupported = 0;
  let hardly = 0;
  for (const pixel of outline) {
    if (nearSteps[pixel] < visible) unsupported++;
    if (nearSteps[pixel] <= visible) hardly++;
  }

  return {
    stray: strayLength / length,
    unsupported: unsupported / length,
    longestStray,
    // On pure white nobody sees what a hardly visible step encloses.
    hardlySupported: isEven && noise === 0 && whitenessOf(segmentation) < PURE_WHITE ? hardly / length : 0,
  };
}

/** 1 on steps of at least so many levels, away from the product. */
function stepsOutside(steps: Uint8Array, beside: Uint8Array, least: number): Uint8Array {
  const outside = new Uint8Array(steps.length);
  for (let pixel = 0; pixel < steps.length; pixel++) {
    if (beside[pixel] === 0 && steps[pixel] >= least) outside[pixel] = 1;
  }
  return outside;
}

/** Whether a run stays away from the frame, where light falls off and scanners leave lines. */
function isInside(run: Int32Array, width: number, height: number): boolean {
  return run.every((pixel) => {
    const x = pixel % width;
    return x > FRAME && x < width - FRAME - 1 && pixel > FRAME * width && pixel < (height - FRAME) * width;
  });
}

/** Pixels in connected heaps of at least so many. */
function lengthOfRuns(edges: Uint8Array, width: number, least: number): number {
  let length = 0;
  for (const run of connectedComponents(edges, width)) if (run.length >= least) length += run.length;
  return length;
}

function isOneWhite({ colour, rgb, mask, width, height }: Segmentation): boolean {
  if (varies(colour) <= ONE_COLOUR) return true;
  const border: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x += y > 0 && y < height - 1 && width > 1 ? width - 1 : 1) {
      const pixel = y * width + x;
      if (mask[pixel] === 1) border.push(...rgb.subarray(pixel * 3, pixel * 3 + 3));
    }
  }
  return varies(border) <= ONE_BORDER;
}

/** Levels between the darkest and the lightest value of the channel that varies most; endless where one is not whitish. */
function varies(rgb: ArrayLike<number>): number {
  let most = 0;
  for (let channel = 0; channel < 3; channel++) {
    let [low, high] = [255, 0];
    for (let i = channel; i < rgb.length; i += 3) {
      const value = rgb[i];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (low < WHITISH) return Number.POSITIVE_INFINITY;
    most = Math.max(most, high - low);
  }
  return most;
}

/** Product pixels with background beside them. Where the picture ends there is no edge to follow. */
function outlineOf(product: Uint8Array, width: number): number[] {
  const outline: number[] = [];
  for (let pixel = FRAME * width; pixel < product.length - FRAME * width; pixel++) {
    if (product[pixel] !== 1 || pixel % width < FRAME || pixel % width >= width - FRAME) continue;
    if (
      product[pixel - 1] === 0 ||
      product[pixel + 1] === 0 ||
      product[pixel - width] === 0 ||
      product[pixel + width] === 0
    )
      outline.push(pixel);
  }
  return outline;
}

/** The largest difference between the pixels on both sides, along the row or the column. */
function plainSteps(rgb: Uint8Array, width: number, height: number): Uint8Array {
  const steps: Step[] = [{ near: [1, -1] }, { near: [width, -width] }];
  const found = edgeStrength(rgb, [{ first: width, end: (height - 1) * width, steps }]);
  for (let row = 0; row < found.length; row += width) found[row] = found[row + width - 1] = 0;
  return found;
}
