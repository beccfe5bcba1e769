import { difference, hueDifference, type Swatch } from './palette.ts';

/** When two colours are the same one in another light; distances, lightness and chroma in CIE Lab. The agreement that comes of it is measured in
 * `check-colour.ts`; each number alone was halved and doubled over 102 right and 55 wrong answers of `npm run bench -- answers`, 24 of which are called wrong.
 */
const THRESHOLDS = {
  /** Chroma below which a colour is a grey in some light, and no hue of its own. Halved, nothing changes; doubled, one more is found. */
  chromatic: 14,
  /** Chroma from which on a colour is a clear one, which a fair picture of the same product has to show as well. Halved, nothing changes; doubled, 4 of the 24 are missed. */
  vivid: 22,
  /** Distance below which two colours are the same: a lamp of 4000 K instead of 5500 K moves greys by 20. Halved, a right answer in warmer light is called wrong; doubled, 13 of the 24 are missed. */
  same: 30,
  /** Degrees between two hues that are the same. Halved, nothing changes; doubled, 3 hues off by 40° are missed. */
  sameHueDegrees: 28,
  /** Of two colours of one hue the paler one has at least this share of the other's chroma: light bleaches, paint does not. Halved, another product is missed; doubled, 4 wrong ones more are found. */
  sameHueChroma: 0.35,
  /** Share of a colour's area that its counterpart covers at least: a speck does not explain a tenth of the product. Halved, another product is missed; doubled, one more is found. */
  leastCounterpart: 0.08,
  /** Share of the product from which on a colour counts; less is noise. Halved, nothing changes; doubled, one more is found. */
  minShare: 0.003,
  /** Lightness (of 100) by which a product of greys may come out lighter or darker. Nothing changes; the test of black that became white (80 lighter) needs it not to be doubled. */
  lighter: 42,
  /** Weight of a close-up's new colours, as a share of its coloured area: half may be new at an agreement of 0.7, the background's own among them. Halved, all 3 recoloured close-ups are missed; doubled, nothing changes. */
  ofColours: 0.6,
  /** Share of a picture that counts as its coloured area at least, so that a grey close-up with a speck of colour is not judged by the speck. Nothing changes: none of 11 close-ups is grey. */
  minColoured: 0.05,
  /** Share of a product that is grey, from which on its lightness is compared. Halved, nothing changes; doubled, no lightness is compared. */
  grey: 0.7,
};

export interface ColourAgreement {
  /** 0–1; share of the colours that both have in common. */
  agreement: number;
  /** In a few words, what differs most. */
  reason: 'same' | 'foreign' | 'missing' | 'lightness';
}

/**
 * Compares the colours of a product in a new picture with those in its photo. `foreign` colours are such as the photo
 * does not show, `ofColours` as a share of what is coloured at all; `missing` ones are the photo's that got lost, and count half, because a photo may show more than the
 * product. Greys belong to everything (shadows, gloss), but a product of nothing else must keep its lightness.
 */
export function colourAgreement(
  picture: readonly Swatch[],
  photo: readonly Swatch[],
  compare: { foreign: boolean | 'ofColours'; missing: boolean },
): ColourAgreement {
  // Only where both palettes are the product's own do their shares compare.
  const least = compare.missing && compare.foreign === true ? THRESHOLDS.leastCounterpart : 0;
  const seen = photo.filter(({ share }) => share >= THRESHOLDS.minShare);
  const shown = picture.filter(({ share }) => share >= THRESHOLDS.minShare);
  const parts: ColourAgreement[] = [{ agreement: 1, reason: 'same' }];
  if (compare.foreign) {
    const coloured =
      compare.foreign === 'ofColours'
        ? THRESHOLDS.ofColours / Math.max(colouredShare(picture), THRESHOLDS.minColoured)
        : 1;
    const foreign = shareWithout(picture, seen, THRESHOLDS.chromatic, least) * coloured;
    parts.push({ agreement: rounded(1 - foreign), reason: 'foreign' });
  }
  if (compare.missing) {
    const missing = shareWithout(photo, shown, THRESHOLDS.vivid, least);
    parts.push({ agreement: rounded(1 - missing / 2), reason: 'missing' });
  }
  if (compare.foreign && compare.missing) {
    const shift = lightnessShift(picture, photo);
    parts.push({ agreement: rounded(shift > THRESHOLDS.lighter ? 1 - shift / 100 : 1), reason: 'lightness' });
  }
  return parts.reduce((worst, part) => (part.agreement < worst.agreement ? part : worst));
}

function colouredShare(colours: readonly Swatch[]): number {
  return colours.reduce((sum, { chroma, share }) => (chroma >= THRESHOLDS.chromatic ? sum + share : sum), 0);
}

/** Share of `colours` that are of at least `minChroma` and have no counterpart among `others`, or one that is smaller than `least` of them. */
function shareWithout(
  colours: readonly Swatch[],
  others: readonly Swatch[],
  minChroma: number,
  least: number,
): number {
  let share = 0;
  for (const colour of colours) {
    if (colour.chroma < minChroma) continue;
    let counterpart = 0;
    for (const other of others) if (isSame(colour, other)) counterpart += other.share;
    if (counterpart === 0 || counterpart < least * colour.share) share += colour.share;
  }
  return share;
}

function isSame(one: Swatch, other: Swatch): boolean {
  if (difference(one, other) <= THRESHOLDS.same) return true;
  const [pale, strong] = one.chroma < other.chroma ? [one.chroma, other.chroma] : [other.chroma, one.chroma];
  return (
    pale >= THRESHOLDS.chromatic &&
    pale >= THRESHOLDS.sameHueChroma * strong &&
    hueDifference(one, other) <= THRESHOLDS.sameHueDegrees
  );
}

/** Difference (0–100) of the mean lightness of two products that are mostly grey; 0 for coloured ones. */
function lightnessShift(picture: readonly Swatch[], photo: readonly Swatch[]): number {
  const [one, other] = [greyOf(picture), greyOf(photo)];
  return one.share < THRESHOLDS.grey || other.share < THRESHOLDS.grey ? 0 : Math.abs(one.l - other.l);
}

function greyOf(colours: readonly Swatch[]): { l: number; share: number } {
  let share = 0;
  let l = 0;
  for (const colour of colours) {
    if (colour.chroma >= THRESHOLDS.chromatic) continue;
    share += colour.share;
    l += colour.l * colour.share;
  }
  return { l: l / Math.max(share, 1e-9), share };
}

function rounded(value: number): number {
  return Math.round(value * 1e3) / 1e3;
}
