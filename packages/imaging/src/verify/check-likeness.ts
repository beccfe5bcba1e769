import type { Check } from '@image-studio/contract';
import { isClear, type Scene } from '../segment/analyse-scene.ts';
import type { Evidence } from './evidence.ts';
import { type Likeness, patchLikeness, UPRIGHT } from './patch-likeness.ts';
import type { ProductPatch } from './product-patch.ts';

/**
 * What tells the photo's product from others. Measured on 31 products, 8 of them in scenes; each number alone was also halved and doubled over 102 right and
 * 241 wrong answers of `npm run bench -- answers`, of which 3 and 81 are called wrong. `structure`, `overlap`, `difference`, `tint`: as in `Likeness`. `stretch`:
 * difference of both ratios of width to height, as a natural logarithm.
 */
const THRESHOLDS = {
  /** From this structure on nothing else is compared: no turn can be better by `mirrored.better`. Spares 27 of 90 right answers seven comparisons; nothing changes. */
  certain: 0.9,
  /** Mirrored: agrees so far once mirrored back, so much better than upright, at this share of the difference. Mirrored pictures measured 0.54 and more, 0.13 better, 0.7; good pictures gain nothing, here 0.12 at 0.99 of the difference at most. Doubled, 8 and 1 of the 81 are missed; the difference halved, 5. */
  mirrored: { structure: 0.5, better: 0.1, difference: 0.72 },
  /** The same, turned by quarters. Turned pictures measured 0.46 and more and 0.4 better; good pictures gain nothing, here 0.26 at 0.83 at most. Doubled, 4 and 3 are missed; the difference halved, 3. */
  turned: { structure: 0.44, better: 0.35, difference: 0.65 },
  /** Another product: agrees less, and differs by more. Good pictures measured 0.45 and more, or less than 24 levels; other products 0.3 at most, and 22 and more. The structure halved, 7 are missed, and doubled, one right answer more is called wrong; the difference doubled, 9 are missed. */
  foreign: { structure: 0.33, difference: 20 },
  /** A product in the same outline may be the same one from a slightly other side. It is another one when it is stretched by more, overlaps less, or differs by more levels than these. The difference decides alone where the photo's cut is in doubt. Doubled, 3 are missed by the difference and none by the others; halved, 3 to 4 more are found. */
  surelyForeign: { stretch: 0.15, overlap: 0.75, difference: 35 },
  /** Other proportions, or two products: stretched by more, with less overlap. Two side by side measured 0.57 and more, a lost shadow or foot up to 0.17. The stretch doubled or the overlap halved, one of 3 pictures of two is missed; the stretch halved, 5 more are found. Not asked where the photo's cut is in doubt. */
  stretched: { stretch: 0.42, overlap: 0.8 },
  /** Levels of a background's tolerance up to which products are compared although the cut is in doubt. Rough ones had 26; halved and doubled, nothing changes; without the bound, 5 right answers more are called wrong. */
  even: 12,
  /** Recoloured: tint as a share of the photo's own colour, and structure, at least. The share measured up to 0.6 in any light, 1 where the colour is gone, more where it is another. The share halved, 2 right answers more are called wrong; doubled, 15 and 10 are missed. */
  recoloured: { share: 0.7, structure: 0.42 },
  /** Levels that the photo's own colour counts for at least in that share: a grey has none to divide by. Halved, nothing changes; doubled, 2 are missed. */
  leastColour: 22,
};

/** Why the listed product is not the one in the photo, or has other colours (rule `colour`); `null` where it is that product. */
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
  if (upright.structure >= THRESHOLDS.certain) return null;
  const mirrored = patchLikeness(answer, photo, { quarters: 0, isMirrored: true });
  const turned = mostAlike(
    ([1, 2, 3] as const).flatMap((quarters) =>
      [false, true].map((isMirrored) => patchLikeness(answer, photo, { quarters, isMirrored })),
    ),
  );
  if (mirrored.structure >= turned.structure && isBetter(mirrored, upright, THRESHOLDS.mirrored))
    return unlike('the product mirrored', mirrored);
  if (isBetter(turned, upright, THRESHOLDS.turned))
    return unlike('the product turned on its side or head', turned);
  // From here on the photo's outline is compared: less strictly where its cut is in doubt, not at all on a rough background.
  const isSure = isClear(scene);
  if (!isSure && scene.segmentation.tolerance > THRESHOLDS.even) return null;
  const stretch = Math.abs(Math.log(answer.ratio / photo.ratio));
  const { stretched } = THRESHOLDS;
  if (isSure && stretch > stretched.stretch && upright.overlap < stretched.overlap)
    return unlike('a product of other proportions, or more than one', upright);
  const isOther =
    isForeign(upright, stretch) && (isSure || upright.difference > THRESHOLDS.surelyForeign.difference);
  return isOther ? unlike('another product, or another side of it', upright) : null;
}

function isBetter(one: Likeness, upright: Likeness, least: typeof THRESHOLDS.mirrored): boolean {
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
  if (structure >= THRESHOLDS.foreign.structure || difference <= THRESHOLDS.foreign.difference) return false;
  return (
    stretch > THRESHOLDS.surelyForeign.stretch ||
    overlap < THRESHOLDS.surelyForeign.overlap ||
    difference > THRESHOLDS.surelyForeign.difference
  );
}

function isRecoloured({ structure, tint, coloured }: Likeness): boolean {
  return (
    structure >= THRESHOLDS.recoloured.structure &&
    tint >= THRESHOLDS.recoloured.share * Math.max(THRESHOLDS.leastColour, coloured)
  );
}

function recoloured({ tint, coloured }: Likeness): Check {
  return {
    rule: 'colour',
    measured: Math.round((100 * tint) / Math.max(THRESHOLDS.leastColour, coloured)) / 100,
    required: `part by part, colours differ by less than ${THRESHOLDS.recoloured.share} of the colour in the photo`,
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
