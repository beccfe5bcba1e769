import type { Check } from '@image-studio/contract';
import { isClear, type Scene } from '../segment/analyse-scene.ts';
import type { Evidence } from './evidence.ts';
import { type Likeness, patchLikeness, UPRIGHT } from './patch-likeness.ts';
import type { ProductPatch } from './product-patch.ts';

/** A picture that agrees this much with its photo needs no other look. Numbers here: 31 products, of which 8 scenes. */
const CERTAIN = { structure: 0.9, difference: 10 };
/** Mirrored pictures agree to 0.54 and more once mirrored back, 0.13 better than before, at 0.7 of the difference at most; */
const MIRRORED = { structure: 0.5, better: 0.1, difference: 0.72 };
/** turned ones to 0.46 and more, 0.4 better than before. Good pictures gain nothing by either. */
const TURNED = { structure: 0.44, better: 0.35, difference: 0.65 };
/** Good pictures measure 0.45 and more in structure, or differ by less than 24 levels; other products 0.3 at most, and 22 and more. */
const FOREIGN = { structure: 0.33, difference: 20 };
/** One of both in the same outline may be the product from a slightly other side; these tell that it is not. */
const SURELY_FOREIGN = { stretch: 0.15, overlap: 0.75, difference: 35 };
/** Two instead of one stretch the box to twice its width (logarithm: 0.57 and more); a lost shadow or foot to 0.17. */
const STRETCHED = { stretch: 0.42, overlap: 0.8 };
const SURELY_STRETCHED = { stretch: 0.6, overlap: 0.75 };
/** Levels of unevenness up to which a background shows its product's outline more or less, whatever its cut. */
const EVEN = 12;
/** Difference in colour over the colour that there is: up to 0.6 in any light, 1 where the colour is gone, more where it is another. */
const RECOLOURED = { share: 0.7, tint: 13, structure: 0.42 };
const LEAST_COLOUR = 22;

/** Whether the listed product is the one in the photo; told only where it is not. */
export function checkLikeness({ match, spec }: Evidence): Check | null {
  const found = spec.aiGenerated ? match() : null;
  return found && compareLikeness(found.shown, found.source, found.scene, found.upright);
}

/**
 * Compares a product with its photo where it stands in both: that it is this product, seen from the same side and
 * neither mirrored nor turned, in its own colours. One check at most: the first that failed.
 */
export function compareLikeness(
  answer: ProductPatch,
  photo: ProductPatch,
  scene: Scene,
  upright: Likeness = patchLikeness(answer, photo, UPRIGHT),
): Check | null {
  if (isRecoloured(upright)) return recoloured(upright);
  if (upright.structure >= CERTAIN.structure && upright.difference <= CERTAIN.difference) return null;
  const mirrored = patchLikeness(answer, photo, { quarters: 0, isMirrored: true });
  const turned = mostAlike(
    ([1, 2, 3] as const).flatMap((quarters) =>
      [false, true].map((isMirrored) => patchLikeness(answer, photo, { quarters, isMirrored })),
    ),
  );
  if (mirrored.structure >= turned.structure && isBetter(mirrored, upright, MIRRORED))
    return unlike('the product mirrored', mirrored);
  if (isBetter(turned, upright, TURNED)) return unlike('the product turned on its side or head', turned);
  // What follows trusts the photo's outline: less where the cut is in doubt, not at all on a rough background.
  const isSure = isClear(scene);
  if (!isSure && scene.segmentation.tolerance > EVEN) return null;
  const stretch = Math.abs(Math.log(answer.ratio / photo.ratio));
  const least = isSure ? STRETCHED : SURELY_STRETCHED;
  if (stretch > least.stretch && upright.overlap < least.overlap)
    return unlike('a product of other proportions, or more than one', upright);
  const isOther = isForeign(upright, stretch) && (isSure || upright.difference > SURELY_FOREIGN.difference);
  return isOther ? unlike('another product, or another side of it', upright) : null;
}

function isBetter(one: Likeness, upright: Likeness, least: typeof MIRRORED): boolean {
  return (
    one.structure >= least.structure &&
    one.structure >= upright.structure + least.better &&
    one.difference <= least.difference * upright.difference
  );
}

function mostAlike(likenesses: Likeness[]): Likeness {
  return likenesses.reduce((best, one) => (one.structure > best.structure ? one : best));
}

function isForeign({ structure, overlap, difference }: Likeness, stretch: number): boolean {
  if (structure >= FOREIGN.structure || difference <= FOREIGN.difference) return false;
  return (
    stretch > SURELY_FOREIGN.stretch ||
    overlap < SURELY_FOREIGN.overlap ||
    difference > SURELY_FOREIGN.difference
  );
}

function isRecoloured({ structure, tint, coloured }: Likeness): boolean {
  return (
    structure >= RECOLOURED.structure &&
    tint >= RECOLOURED.tint &&
    tint >= RECOLOURED.share * Math.max(LEAST_COLOUR, coloured)
  );
}

function recoloured({ tint, coloured }: Likeness): Check {
  return {
    rule: 'colour',
    measured: Math.round((100 * tint) / Math.max(LEAST_COLOUR, coloured)) / 100,
    required: `part by part, colours differ by less than ${RECOLOURED.share} of the colour in the photo`,
    pass: false,
    fix: 'not mended: the product has other colours than in the photo',
  };
}

function unlike(measured: string, { structure }: Likeness): Check {
  return {
    rule: 'likeness',
    measured: `${measured} (agreement ${Math.round(structure * 100) / 100})`,
    required: 'the product of the photo, once, as it stands there',
    pass: false,
  };
}
