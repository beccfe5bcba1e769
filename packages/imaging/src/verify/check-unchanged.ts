import type { Check } from '@image-studio/contract';
import type { FinishSpec } from '../finish-spec.ts';
import type { Raster } from '../raster/raster.ts';
import { whitenessOf } from '../segment/background/segment-background.ts';
import { comparePlacement, isWellPlaced } from './compare-placement.ts';
import {
  type CopyDistance,
  copyDistance,
  plainDistance,
  type Thumbprint,
  thumbprintOf,
  turnedThumbprint,
} from './copy-distance.ts';
import type { Evidence, SceneOf } from './evidence.ts';
import { patchLikeness, UPRIGHT } from './patch-likeness.ts';
import { productPatch } from './product-patch.ts';

/**
 * What makes a model's picture an echo of its photo. Distances are mean differences of both thumbprints, in levels. Measured with 90 right answers and 55 photos sent back, as `npm run bench -- answers` draws them;
 * none of the right ones is called an echo at half or twice any number, 53 of the 55 are as it is.
 */
const THRESHOLDS = {
  /** Distance of an echo at most. Re-encoded, resized or blurred ones measured up to 2 (26 photos; 2.3 at quality 40), right answers 16 and more. Nothing changes. */
  exactEcho: 2,
  /** Distance once both are aligned, at most. Shifted, cropped or slightly turned echoes measured up to 10, a product set on white from a grey background 16 and more, on white again 8 and more. Halved, 3 echoes are missed. */
  nearEcho: 10,
  /** Distance once the exposure is evened out, at most; farther off, a whitened background looks much like another exposure. Echoes 5 % lighter or darker measured up to 2.4, one right answer 3.9, the others 13.8 and more; nothing changes. */
  exposedEcho: 4,
  /** Levels by which a mirrored or turned echo comes nearer than the picture as it stands, at least. 10 such echoes came 3.5 to 44 nearer; nothing changes. */
  turnedBetter: 4,
  /** Distance of a turned pair up to which both are aligned: that takes long. Turned echoes measured up to 3.8 before, right answers 15 and more; nothing changes. */
  turnedNear: 30,
  /** Level of the photo's background from which on it is white already, so that a good answer may look nearly like the photo. The photos had 195 to 202 on grey and cloth, 233 on off-white. Halved, 6 echoes are missed. */
  whiteEnough: 225,
  /** Level that an answer's whitened background has at least, for the answer to be a new picture. Right answers had 238 and more; nothing changes. */
  offWhite: 222,
  /** Levels by which that background became whiter, at least: more than a codec or a crop changes it. Right answers made it whiter by 39 and more, echoes by 3, 5 % lighter ones by 9; nothing changes. */
  cleaner: 8,
  /** Structure (see `Likeness`) from which on the product in its photo's place is the photo's own; echoes measured 0.85 and more, whatever their exposure, here nine of ten 0.84 and more. Halved, one more is found; doubled, one is missed. */
  sameProduct: 0.85,
  /** Levels by which a photo full of fine lines differs from itself when it is seen in two sizes, at most. Echoes measured 4.5 in the median, 9.1 at the ninth tenth; nothing changes. */
  sameDifference: 9,
  /** Share by which the light on product and background differ at most, if the whole picture was exposed anew. Echoes 5 % lighter or darker measured 0.017 in the median and 0.049 at most, right answers 0.076 and more; nothing changes. */
  sameLight: 0.025,
};

/** Whether a model's picture is one of its photos: as it was, saved anew, cropped, exposed anew, mirrored or turned. */
export function checkUnchanged({ answer, photos, spec, sceneOf }: Evidence): Check | null {
  if (photos.length === 0) return null;
  const nearest = nearestOf(answer, photos);
  const measured = Math.min(nearest.exact, nearest.aligned);
  if (!spec.aiGenerated) {
    const required = 'none: the local engine shows the photo itself';
    return { rule: 'unchanged', measured, required, pass: true };
  }
  const allowed = allowedEcho(nearest, answer, spec, sceneOf);
  const most = allowed === 'no echo' ? THRESHOLDS.nearEcho : THRESHOLDS.exactEcho;
  const isExposed =
    allowed !== 'no exact echo' &&
    nearest.exposed <= (allowed === 'no echo' ? THRESHOLDS.exposedEcho : THRESHOLDS.exactEcho);
  const isEcho =
    measured <= most || isExposed || (allowed !== 'no echo' && isLeftInPlace(nearest.photo, answer, sceneOf));
  return {
    rule: 'unchanged',
    measured,
    required: `the mean difference from the photo is more than ${most} levels, unless the product was lit or placed anew`,
    pass: !isEcho,
  };
}

interface Nearest extends CopyDistance {
  photo: Raster | null;
}

function nearestOf(answer: Raster, photos: Raster[]): Nearest {
  const print = thumbprintOf(answer);
  const ratio = answer.width / answer.height;
  let nearest: Nearest = { exact: 255, aligned: 255, exposed: 255, photo: null };
  for (const photo of photos) {
    const isCropped = Math.abs(photo.width / photo.height / ratio - 1) > 0.03;
    const whole = thumbprintOf(photo);
    const prints = [whole, ...(isCropped ? [thumbprintOf(photo, ratio)] : [])];
    const distances = prints.map((other) => copyDistance(print, other));
    const least = Math.min(...distances.map(({ aligned }) => aligned));
    for (const distance of [...distances, ...turnedDistances(print, whole, least)]) {
      if (distance.aligned < nearest.aligned) nearest = { ...distance, photo };
    }
  }
  return nearest;
}

/** Mirrored and turned copies, where the picture does not look like its photo as it stands. */
function turnedDistances(answer: Thumbprint, photo: Thumbprint, upright: number): CopyDistance[] {
  if (upright <= THRESHOLDS.nearEcho) return [];
  return [0, 1, 2, 3].flatMap((quarters) =>
    [false, true].flatMap((isMirrored) => {
      if (quarters === 0 && !isMirrored) return [];
      const turned = turnedThumbprint(photo, quarters, isMirrored);
      if (plainDistance(answer, turned) > Math.min(THRESHOLDS.turnedNear, upright)) return [];
      const distance = copyDistance(answer, turned);
      return distance.aligned <= upright - THRESHOLDS.turnedBetter ? [distance] : [];
    }),
  );
}

/** What a picture near its photo may be: a white background may be exposed anew, since so it looks when it is made whiter. */
type Allowed = 'no echo' | 'not exposed anew' | 'no exact echo';

/** A main picture may come near a photo that has a white background, or whose background it made whiter. */
function allowedEcho(
  { photo, aligned }: Nearest,
  answer: Raster,
  spec: FinishSpec,
  sceneOf: SceneOf,
): Allowed {
  // Only a picture that is near asks what is allowed.
  if (!photo || spec.role !== 'main' || aligned > 2 * THRESHOLDS.nearEcho) return 'no echo';
  const before = sceneOf(photo);
  if (!before) return 'no echo';
  if (whitenessOf(before.segmentation) >= THRESHOLDS.whiteEnough) return 'no exact echo';
  const after = sceneOf(answer);
  const isCleaner =
    after &&
    whitenessOf(after.segmentation) >=
      Math.max(THRESHOLDS.offWhite, whitenessOf(before.segmentation) + THRESHOLDS.cleaner);
  return isCleaner ? 'not exposed anew' : 'no echo';
}

/**
 * Most of a picture on white is white, and says nothing: there an echo is told by its product, which stands where it did although it
 * should have been moved, or was lit together with its background. Where the photo left nothing to be done there is no telling.
 */
function isLeftInPlace(photo: Raster | null, answer: Raster, sceneOf: SceneOf): boolean {
  const [before, after] = [photo && sceneOf(photo), sceneOf(answer)];
  const place = before && after && comparePlacement(after, before);
  if (!before || !after || !place) return false;
  const [shown, source] = [productPatch(after.segmentation), productPatch(before.segmentation)];
  if (!shown || !source) return false;
  const { structure, difference, light } = patchLikeness(shown, source, UPRIGHT);
  if (structure < THRESHOLDS.sameProduct) return false;
  const [was, is] = [whitenessOf(before.segmentation), whitenessOf(after.segmentation)];
  if (is >= was + THRESHOLDS.cleaner) return Math.abs((light * was) / is - 1) <= THRESHOLDS.sameLight;
  const isSame =
    place === 'whole' &&
    difference <= THRESHOLDS.sameDifference &&
    Math.abs(light - 1) <= THRESHOLDS.sameLight;
  return isSame || !isWellPlaced(before);
}
