import { analyseScene, cutOut, decodePicture, placeOnWhite, resizeArea } from '@image-studio/imaging/bench';
import sharp from 'sharp';
import { type Composite, TRUTH_SIDE } from './draw-composite.ts';
import { HEAP, isSeen, largestHeap } from './heaps.ts';

const PHOTO_FRAME = { width: 2048, height: 2048, fill: 0.85, minFill: 0.75, maxReach: 0.94 };

export interface CutVerdict {
  /** Whether the engine calls its cut sure. */
  isSure: boolean;
  /** Whether a part of the product is gone, and whether a part of the background is left. */
  loses: boolean;
  leaves: boolean;
}

/** Cuts a composite as the local engine does and holds the cut against the true alpha. */
export async function judgeCut({ jpeg, alpha }: Composite): Promise<CutVerdict> {
  const picture = await decodePicture(jpeg, 2048);
  const scene = analyseScene(picture, { shadow: 'remove' });
  const wanted = { ...PHOTO_FRAME, refuseSpanning: true, dropShadow: true };
  const { findings } = await placeOnWhite(picture, wanted, scene);
  const isSure =
    findings.background === 'lifted' && findings.doubt === undefined && findings.cutOff.length === 0;
  if (!scene) return { isSure, loses: false, leaves: false };
  const { segmentation } = scene;
  const { width, height, channels } = picture;
  const whole = { left: 0, top: 0, width, height };
  const place = { area: whole, width: TRUTH_SIDE, height: TRUTH_SIDE, keepShadow: false };
  const cut = cutOut(await resizeArea(picture, place), { picture, segmentation }, place);
  const shown = await sharp(picture.data, { raw: { width, height, channels } })
    .resize(TRUTH_SIDE, TRUTH_SIDE, { fit: 'fill' })
    .removeAlpha()
    .raw()
    .toBuffer();
  const lost = new Uint8Array(alpha.length);
  const left = new Uint8Array(alpha.length);
  let product = 0;
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    const truth = alpha[pixel] ?? 0;
    const found = cut.alpha[pixel] ?? 0;
    if (truth > 127) product++;
    if (truth - found > 127 && isSeen(shown, pixel)) lost[pixel] = 1;
    if (found - truth > 127 && isSeen(cut.rgb, pixel)) left[pixel] = 1;
  }
  const most = HEAP * product;
  return {
    isSure,
    loses: largestHeap(lost, TRUTH_SIDE) > most,
    leaves: largestHeap(left, TRUTH_SIDE) > most,
  };
}
