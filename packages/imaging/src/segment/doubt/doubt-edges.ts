import { contrastRange } from '../../kernels/contrast-range.ts';
import { dilate } from '../../kernels/dilate.ts';
import { edgeStrength, type Step } from '../../kernels/edge-strength.ts';
import { inverted, pixelsWhere } from '../../kernels/pixels-where.ts';
import { isWhitish, WHITISH, whitenessOf } from '../background/segment-background.ts';
import { connectedComponents } from '../mask/connected-components.ts';
import { partOfMask } from '../mask/mask-pixels.ts';
import type { Segmentation } from '../segmentation.ts';
import { noiseOf, stepsOf } from './edge-steps.ts';

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

/** What makes a cut doubtful. "Of 216": photos with a known cut-out, of which 151 are cut right and called sure. */
const THRESHOLDS = {
  /** Stray edges, as a share of the outline's length. Good cuts of photos measured 0 to 0.06; a camera that lost its white body 0.18 to 0.33. */
  mostStray: 0.1,
  /** Share of stray edges on a rough background; a shoe whose white foam was lost measured 0.036. */
  mostStrayOnRough: 0.03,
  /** Map pixels of the longest stray edge on a whitish background. Good cuts measured up to 7; lost white soles and covers 23 and more. */
  longestStray: 18,
  /** Share of the outline without an edge under it. Good cuts measured 0 to 0.054; a ragged tennis ball 0.08, shoes cut through their soles 0.22 and more. */
  mostUnsupported: 0.07,
  /** Share of the outline without an edge under it, on an even background. Good cuts measured 0 to 0.03; a white cushion that was eaten where it has the background's colour 0.046 and more. */
  mostUnsupportedOnEven: 0.038,
  /** Share of the outline with nothing but a hardly visible step under it. Good cuts measured 0 to 0.07; white tubes and a shirt that were eaten up to their own shading 0.25 to 0.4. */
  mostHardlySupported: 0.15,
  /** Tolerance in levels from which on a background is rough: at the limit of what counts as one (26). At 50, a sneaker of the catalogue that lost parts is not doubted. */
  rough: 25,
  /** Tolerance in levels up to which a background is even, and far fainter outlines are looked for. Even ones measured 3.5 to 5, the catalogue's uneven ones 6.5 and more. */
  even: 6,
  /** Levels of a step that nobody overlooks. At 3.5, two good cuts of the catalogue are doubted; at 14, its sneaker that lost parts is not. */
  sharp: 7,
  /** Levels of such a step on an even background. At 2, 18 right cuts of 216 are doubted; at 8, a keyboard that kept its shadow is not. */
  faintlySharp: 4,
  /** Levels of a step that a pale outline has at least. At 1.5 and at 6 none of 242 photos is doubted otherwise. */
  visible: 3,
  /** Levels of a pale outline's step on an even background, at least. At 1, two tubes that lost their sides are not doubted; at 4, a good cut of a pale sheet is (doubts.test.ts). */
  faintlyVisible: 2,
  /** Levels of a step that is an outline if it runs on for long, on a whitish background of one colour without noise: a sheet of paper that was taken for background measured 0.5 to 2 times the rest's outline, good cuts 0 to 0.07. On a gradient the codec's own blocks make such steps. */
  hardlyVisible: 2,
  /** Map pixels that it runs for at least. At 15 and at 60 none of 242 photos is doubted otherwise. */
  leastFaintRun: 30,
  /** Map pixels that any other edge runs for at least. At 7, one wrong cut of 216 more is doubted, and no right one; at 28 none. */
  leastRun: 14,
  /** Levels of a step, above the noise, of which a run far out is no shadow's rim on a whitish background. At 2, a tube on off-white is doubted for it instead (doubts.test.ts). */
  clearStep: 4,
  /** Levels by which the colour of a background of one colour varies over the picture at most. Half or twice changes a doubt of the catalogue's packshots, and none of 242 photos. */
  oneColour: 5,
  /** Or along its border: what was taken for background and is none has a part in the colour of the rest. Half or twice changes a doubt of the catalogue's packshots, and none of 242 photos. */
  oneBorder: 2,
  /** Level of a background's darkest channel from which on nobody sees what a hardly visible step encloses. At 127, two tubes that lost their sides are not doubted (doubts.test.ts). */
  pureWhite: 254,
  /** Map pixels along the picture's own edges in which no outline is looked for: light falls off, scanners leave lines. Half or twice changes a doubt of the catalogue's photos or packshots. */
  frame: 3,
  /** Map pixels from the product within which edges are its own: blur, ripples, the shadow's beginning. Half or twice changes a doubt of the catalogue's photos or packshots. */
  beside: 5,
};

/** Whether edges of the picture lie outside a cut, or parts of its outline follow none. */
export function doubtEdges(cut: Segmentation): string | null {
  const { stray, unsupported, longestStray, hardlySupported } = signsOf(cut);
  const isRough = cut.tolerance >= THRESHOLDS.rough;
  if (
    stray > (isRough ? THRESHOLDS.mostStrayOnRough : THRESHOLDS.mostStray) ||
    longestStray > THRESHOLDS.longestStray
  )
    return 'sharp edges lie outside the cut-out: a part of the product may be missing';
  const isEven = cut.tolerance <= THRESHOLDS.even;
  const most = isEven ? THRESHOLDS.mostUnsupportedOnEven : THRESHOLDS.mostUnsupported;
  return unsupported > most || hardlySupported > THRESHOLDS.mostHardlySupported
    ? 'the cut-out does not follow the edges of the picture'
    : null;
}

function signsOf(segmentation: Segmentation): CutSigns {
  const { width, height, rgb, mask, clearedShadow } = segmentation;
  const steps = stepsOf(rgb, width, height);
  const noise = noiseOf(steps, width, height, segmentation.distance, segmentation.tolerance);
  const isEven = segmentation.tolerance <= THRESHOLDS.even;
  const sharp = Math.max(isEven ? THRESHOLDS.faintlySharp : THRESHOLDS.sharp, 2 * noise);
  const visible = isEven ? THRESHOLDS.faintlyVisible : Math.max(THRESHOLDS.visible, 2 * noise);
  const product = partOfMask(mask, 0);
  const known = inverted(partOfMask(mask, 1));
  // The rim of a shadow may be hard, of one that was cleared as well.
  if (clearedShadow)
    for (let pixel = 0; pixel < known.length; pixel++) if (clearedShadow[pixel] === 1) known[pixel] = 1;
  const outline = outlineOf(product, width);
  const length = Math.max(1, outline.length);

  const beside = dilate(known, width, height, Math.max(THRESHOLDS.beside, segmentation.block + 2));
  let strayLength = lengthOfRuns(stepsOutside(steps, beside, sharp), width, THRESHOLDS.leastRun);
  if (noise <= 1 && isOneWhite(segmentation)) {
    const faint = stepsOutside(steps, beside, THRESHOLDS.hardlyVisible + noise);
    strayLength = Math.max(strayLength, lengthOfRuns(faint, width, THRESHOLDS.leastFaintRun));
  }

  let longestStray = 0;
  if (isWhitish(segmentation)) {
    for (const run of connectedComponents(stepsOutside(steps, beside, THRESHOLDS.clearStep + noise), width)) {
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
    hardlySupported:
      isEven && noise === 0 && whitenessOf(segmentation) < THRESHOLDS.pureWhite ? hardly / length : 0,
  };
}

/** 1 on steps of at least so many levels, away from the product. */
function stepsOutside(steps: Uint8Array, beside: Uint8Array, least: number): Uint8Array {
  return pixelsWhere({ of: beside, most: 0 }, { of: steps, least });
}

/** Whether a run stays away from the frame, where light falls off and scanners leave lines. */
function isInside(run: Int32Array, width: number, height: number): boolean {
  return run.every((pixel) => {
    const x = pixel % width;
    return (
      x > THRESHOLDS.frame &&
      x < width - THRESHOLDS.frame - 1 &&
      pixel > THRESHOLDS.frame * width &&
      pixel < (height - THRESHOLDS.frame) * width
    );
  });
}

/** Pixels in connected heaps of at least so many. */
function lengthOfRuns(edges: Uint8Array, width: number, least: number): number {
  let length = 0;
  for (const run of connectedComponents(edges, width)) if (run.length >= least) length += run.length;
  return length;
}

function isOneWhite({ colour, rgb, mask, width, height }: Segmentation): boolean {
  if (varies(colour) <= THRESHOLDS.oneColour) return true;
  const border: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x += y > 0 && y < height - 1 && width > 1 ? width - 1 : 1) {
      const pixel = y * width + x;
      if (mask[pixel] === 1) border.push(...rgb.subarray(pixel * 3, pixel * 3 + 3));
    }
  }
  return varies(Uint8Array.from(border)) <= THRESHOLDS.oneBorder;
}

/** Levels between the darkest and the lightest value of the channel that varies most; endless where one is not whitish. */
function varies(rgb: Uint8Array): number {
  for (let i = 0; i < rgb.length; i++) if (rgb[i] < WHITISH) return Number.POSITIVE_INFINITY;
  return rgb.length === 0 ? 0 : contrastRange(rgb);
}

/** Product pixels with background beside them. Where the picture ends there is no edge to follow. */
function outlineOf(product: Uint8Array, width: number): number[] {
  const outline: number[] = [];
  for (let pixel = THRESHOLDS.frame * width; pixel < product.length - THRESHOLDS.frame * width; pixel++) {
    if (product[pixel] !== 1 || pixel % width < THRESHOLDS.frame || pixel % width >= width - THRESHOLDS.frame)
      continue;
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
