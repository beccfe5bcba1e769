import { difference, hueDifference, type Swatch } from './palette.ts';

const THRESHOLDS = {
  /** Below this a colour is a grey in some light, and no hue of its own. */
  chromatic: 14,
  /** A clear colour, which a fair picture of the same thing has to show as well. */
  vivid: 22,
  /** Drifts of white balance and exposure stay below this (a lamp's 4000 K instead of 5500 K moves greys by 20). */
  same: 30,
  sameHueDegrees: 28,
  /** Of two colours of one hue the paler one has at least this share of the other's chroma: light bleaches, paint does not. */
  sameHueChroma: 0.35,
  /** A colour of a tenth of the product is not explained by a speck: its counterpart is at least this share of it. */
  leastCounterpart: 0.08,
  /** Specks are noise, or not the product's. */
  minShare: 0.003,
  /** A product of greys may come out this much lighter or darker (of 100). */
  lighter: 42,
  /** In a close-up on a plain background half of the colours may be new, the background's own among them. */
  ofColours: 0.6,
  minColoured: 0.05,
};

export interface ColourAgreement {
  /** 0–1; what both have in common. */
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

/** Between the mean lightness of two products that are mostly grey; 0 for coloured ones. */
function lightnessShift(picture: readonly Swatch[], photo: readonly Swatch[]): number {
  const [one, other] = [greyOf(picture), greyOf(photo)];
  return one.share < 0.7 || other.share < 0.7 ? 0 : Math.abs(one.l - other.l);
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
