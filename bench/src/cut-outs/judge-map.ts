import type * as steps from '@image-studio/imaging/bench';
import { HEAP, isSeen, largestHeap } from './heaps.ts';

export interface MapVerdict {
  /** Whether the engine calls its cut sure. */
  isSure: boolean;
  /** Whether it is the right one. */
  isRight: boolean;
  /** What is product, background and shadow; nothing where no background was found. */
  mask?: Uint8Array;
}

/**
 * Cuts a photo on its map of 400 px and holds that against the true opacity on a map of the same size: without rendering, thirty times
 * as fast as `judgeCut`, for nearly the same verdicts.
 */
export function judgeMap(imaging: typeof steps, picture: steps.Raster, alpha: Buffer): MapVerdict {
  const scene = imaging.analyseScene(picture, { shadow: 'remove' });
  if (!scene?.product) return { isSure: false, isRight: false };
  const { segmentation, product } = scene;
  const isSure =
    !imaging.isScene(segmentation) &&
    !imaging.fillsTheFrame(segmentation, product) &&
    imaging.firstDoubt(segmentation, imaging.PHOTO_DOUBTS) === null &&
    imaging.cutOffSides(segmentation, product).length === 0;
  const { mask, rgb, width } = segmentation;
  const lost = new Uint8Array(mask.length);
  const left = new Uint8Array(mask.length);
  let whole = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    const isProduct = (alpha[pixel] ?? 0) > 127;
    if (isProduct) whole++;
    if (isProduct === (mask[pixel] === 0) || !isSeen(rgb, pixel)) continue;
    if (isProduct) lost[pixel] = 1;
    else left[pixel] = 1;
  }
  const most = HEAP * whole;
  return { isSure, isRight: largestHeap(lost, width) <= most && largestHeap(left, width) <= most, mask };
}
