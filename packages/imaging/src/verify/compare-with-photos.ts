import type { Check } from '@image-studio/contract';
import { decodePicture } from '../decode/decode-picture.ts';
import type { FinishSpec } from '../finish-spec.ts';
import type { Raster } from '../raster/raster.ts';
import type { Scene } from '../segment/analyse-scene.ts';
import type { Segmentation } from '../segment/segmentation.ts';
import { checkAdditions } from './check-additions.ts';
import { checkLikeness } from './check-likeness.ts';
import { checkUnchanged } from './check-unchanged.ts';
import { colourAgreement } from './colour-agreement.ts';
import { findWriting } from './find-writing.ts';
import { patchLikeness, UPRIGHT } from './patch-likeness.ts';
import { allColours, coloursOnWhite, photoColours } from './product-colours.ts';
import { productPatch } from './product-patch.ts';
import { rememberScenes, type SceneOf } from './remember-scenes.ts';

/** Photos are looked at on this scale, an eighth of 2000 px: JPEG decodes to it directly. */
const PHOTO_SIDE = 250;
/** Products under other light agree to 0.97 and more, recoloured ones to 0.67 at most (26 photos, 5 hues each). */
const MIN_AGREEMENT = 0.7;
/**
 * Where the photo's product stands apart from its background its colours are known better. Good pictures of 45 products measured 0.97 and
 * more, other products 0.71 to 0.81. Colours that are missing count half, and may be those of a hand.
 */
const MIN_AGREEMENT_APART = { foreign: 0.85, missing: 0.8 };

export interface Compared {
  /** The model's picture as it came. */
  answer: Raster;
  /** Its scene, where composing has analysed it. */
  scene: Scene | null | undefined;
  /** The finished main picture on its map, with the product found; `null` where there is none, and for secondaries. */
  onWhite: Segmentation | null;
  /** The finished picture. */
  finished: Raster;
}

/** Measures a picture against the photos it was made from: it is neither one of them unchanged, nor of other colours. */
export async function compareWithPhotos(
  { answer, scene, onWhite, finished }: Compared,
  spec: FinishSpec,
): Promise<Check[]> {
  const photos = await Promise.all((spec.photos ?? []).map((photo) => decodePicture(photo, PHOTO_SIDE)));
  const [main] = photos;
  if (!main) return [];
  const sceneOf = rememberScenes(scene === undefined ? [] : [[answer, scene]]);
  const unchanged = checkUnchanged(answer, photos, spec, sceneOf);
  const colours = checkColours(onWhite, finished, main, spec, sceneOf);
  const more = onWhite && spec.aiGenerated ? checkProduct(onWhite, main, sceneOf) : [];
  return merged([unchanged, ...(colours ? [colours] : []), ...more]);
}

/** What only shows when it is amiss. */
function checkProduct(onWhite: Segmentation, photo: Raster, sceneOf: SceneOf): Check[] {
  const additions = checkAdditions(onWhite, () => segmentationWithProduct(sceneOf(photo)));
  const scene = sceneOf(photo);
  const shown = productPatch(onWhite);
  const source = scene?.product ? productPatch(scene.segmentation) : null;
  if (!scene || !shown || !source) return failedOf([additions]);
  const upright = patchLikeness(shown, source, UPRIGHT);
  const likeness = checkLikeness(shown, source, scene, upright);
  const isWritten = additions.pass && findWriting([onWhite, shown], [scene.segmentation, source], upright);
  return failedOf([additions, ...(likeness ? [likeness] : []), ...(isWritten ? [WRITTEN] : [])]);
}

const WRITTEN: Check = {
  rule: 'additions',
  measured: 'a line of text across the product',
  required: 'no line of text on the product that its photo does not show there',
  pass: false,
};

function failedOf(checks: Check[]): Check[] {
  return checks.filter(({ pass }) => !pass);
}

function segmentationWithProduct(scene: Scene | null): Segmentation | null {
  return scene?.product ? scene.segmentation : null;
}

/** One check for each rule: the one that failed. */
function merged(checks: Check[]): Check[] {
  const failed = new Set(checks.flatMap(({ rule, pass }) => (pass ? [] : [rule])));
  return checks.filter(({ rule, pass }) => !pass || !failed.has(rule));
}

/**
 * A main picture is judged by its product; a scene only has to show the product's colours somewhere, and a close-up
 * only has to keep to them.
 */
function checkColours(
  onWhite: Segmentation | null,
  finished: Raster,
  photo: Raster,
  spec: FinishSpec,
  sceneOf: SceneOf,
): Check | null {
  if (spec.role === 'main' && !onWhite) return null;
  const source = photoColours(photo, sceneOf(photo));
  const picture = onWhite ? coloursOnWhite(onWhite) : allColours(finished);
  const { agreement, reason } = colourAgreement(picture, source.palette, {
    foreign: spec.kind === 'detail' ? 'ofColours' : spec.role === 'main',
    missing: spec.kind !== 'detail' && source.isApart,
  });
  const isStrict = spec.role === 'main' && source.isApart && (reason === 'foreign' || reason === 'missing');
  const least = isStrict ? MIN_AGREEMENT_APART[reason] : MIN_AGREEMENT;
  return {
    rule: 'colour',
    measured: agreement,
    required: `at least ${least} of the product's colours are those of the photo`,
    pass: agreement >= least,
    ...(reason === 'same' || agreement >= least ? {} : { fix: REASONS[reason] }),
  };
}

const REASONS = {
  foreign: 'not mended: it shows colours that the photo does not have',
  missing: 'not mended: colours of the photo are missing',
  lightness: 'not mended: it is much lighter or darker than in the photo',
};
