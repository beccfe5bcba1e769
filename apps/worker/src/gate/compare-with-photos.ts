import type { Check } from '@image-studio/contract';
import { decodePicture } from '../finish/decode-picture.ts';
import { findGround, type Ground, whitenessOf } from '../finish/find-ground.ts';
import { findProduct } from '../finish/find-product.ts';
import type { FinishSpec } from '../finish/finish-spec.ts';
import type { Raster } from '../finish/raster.ts';
import { checkAdditions } from './check-additions.ts';
import { colourAgreement } from './colour-agreement.ts';
import { type EchoDistance, echoDistance, printOf } from './echo-distance.ts';
import { allColours, coloursOnWhite, photoColours } from './product-colours.ts';

// As locals, because a module that runs in a vm context (Jest) pays dearly for every look at a global.
const { abs, max, min } = Math;

/** Photos are looked at on this scale, an eighth of 2000 px: JPEG decodes to it directly. */
const PHOTO_SIDE = 250;
/** An echo that was re-encoded, resized or blurred measures up to 2 (26 photos); a new picture of the same scene more. */
const EXACT_ECHO = 2;
/** Shifted, cropped or turned a little, up to 10; a product set on white from a grey ground 16 and more. */
const NEAR_ECHO = 10;
/** Where the photo's ground is this white already, a good answer may look nearly like it. */
const WHITE_ENOUGH = 225;
/** So it may where its ground became an off-white at least, by more levels than a codec or a crop make of any ground. */
const OFF_WHITE = 230;
const CLEANER = 8;
/** Products under other light agree to 0.97 and more, recoloured ones to 0.67 at most (26 photos, 5 hues each). */
const MIN_AGREEMENT = 0.7;
/**
 * Where the photo's product stands apart from its ground its colours are known better. Good pictures of 45 products measured 0.97 and
 * more, other products 0.71 to 0.81. Colours that are missing count half, and may be those of a hand.
 */
const MIN_AGREEMENT_APART = { foreign: 0.85, missing: 0.8 };

export interface Compared {
  /** The model's picture as it came. */
  answer: Raster;
  /** The finished main picture on its map, with the product found; `null` where there is none, and for secondaries. */
  onWhite: Ground | null;
  /** The finished picture. */
  finished: Raster;
}

/** Measures a picture against the photos it was made from: it is neither one of them unchanged, nor of other colours. */
export async function compareWithPhotos(
  { answer, onWhite, finished }: Compared,
  spec: FinishSpec,
): Promise<Check[]> {
  const photos = await Promise.all((spec.photos ?? []).map((photo) => decodePicture(photo, PHOTO_SIDE)));
  const [main] = photos;
  if (!main) return [];
  const groundOf = remembered(findGround);
  const unchanged = await checkUnchanged(answer, photos, spec, groundOf);
  const colours = checkColours(onWhite, finished, main, spec, groundOf);
  const additions =
    onWhite && spec.aiGenerated ? checkAdditions(onWhite, () => withProduct(groundOf(main))) : null;
  return [unchanged, ...(colours ? [colours] : []), ...(additions && !additions.pass ? [additions] : [])];
}

function withProduct(ground: Ground | null): Ground | null {
  return ground && findProduct(ground) ? ground : null;
}

/** Looking for the ground of a photo takes most of the comparison, and two of its parts may ask. */
type GroundOf = (photo: Raster) => Ground | null;

function remembered(find: GroundOf): GroundOf {
  const known = new Map<Raster, Ground | null>();
  return (photo) => {
    if (!known.has(photo)) known.set(photo, find(photo));
    return known.get(photo) ?? null;
  };
}

async function checkUnchanged(
  answer: Raster,
  photos: Raster[],
  spec: FinishSpec,
  groundOf: GroundOf,
): Promise<Check> {
  const print = await printOf(answer);
  const ratio = answer.width / answer.height;
  let nearest: EchoDistance & { photo?: Raster } = { exact: 255, aligned: 255, exposed: 255 };
  for (const photo of photos) {
    const isCropped = abs(photo.width / photo.height / ratio - 1) > 0.03;
    const prints = [await printOf(photo), ...(isCropped ? [await printOf(photo, ratio)] : [])];
    for (const other of prints) {
      const distance = echoDistance(print, other);
      if (distance.aligned < nearest.aligned) nearest = { ...distance, photo };
    }
  }
  const measured = min(nearest.exact, nearest.aligned);
  if (!spec.aiGenerated) {
    const required = 'none: the local engine shows the photo itself';
    return { rule: 'unchanged', measured, required, pass: true };
  }
  // Only a picture that is near asks what is allowed.
  const isNear = nearest.photo !== undefined && nearest.aligned <= NEAR_ECHO;
  const allowed = isNear && nearest.photo ? allowedEcho(answer, nearest.photo, spec, groundOf) : 'no echo';
  const most = allowed === 'no echo' ? NEAR_ECHO : EXACT_ECHO;
  const isExact =
    nearest.exact <= EXACT_ECHO || (allowed === 'not exposed anew' && nearest.exposed <= EXACT_ECHO);
  const isEcho = isExact || nearest.aligned <= most;
  return {
    rule: 'unchanged',
    measured,
    required: `the mean difference from the photo is more than ${most} levels`,
    pass: !isEcho,
  };
}

/** What a picture near its photo may be: a white ground may be exposed anew, since so it looks when it is made whiter. */
type Allowed = 'no echo' | 'not exposed anew' | 'no exact echo';

/** A main picture may come near a photo that has a white ground, or whose ground it made whiter. */
function allowedEcho(answer: Raster, photo: Raster, spec: FinishSpec, groundOf: GroundOf): Allowed {
  if (spec.role !== 'main') return 'no echo';
  const before = groundOf(photo);
  if (!before) return 'no echo';
  if (whitenessOf(before) >= WHITE_ENOUGH) return 'no exact echo';
  const after = groundOf(answer);
  const isCleaner = after && whitenessOf(after) >= max(OFF_WHITE, whitenessOf(before) + CLEANER);
  return isCleaner ? 'not exposed anew' : 'no echo';
}

/**
 * A main picture is judged by its product; a scene only has to show the product's colours somewhere, and a close-up
 * only has to keep to them.
 */
function checkColours(
  onWhite: Ground | null,
  finished: Raster,
  photo: Raster,
  spec: FinishSpec,
  groundOf: GroundOf,
): Check | null {
  if (spec.role === 'main' && !onWhite) return null;
  const source = photoColours(photo, groundOf(photo));
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
