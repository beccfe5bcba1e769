import type { Check } from '@image-studio/contract';
import { colourAgreement } from './colour-agreement.ts';
import type { Evidence } from './evidence.ts';
import { allColours, coloursOnWhite, photoColours } from './product-colours.ts';

/** Agreement (0 to 1) of a picture's colours with its photo's, at least. */
const THRESHOLDS = {
  /** Products under other light measured 0.97 and more, recoloured ones 0.67 at most (26 photos, 5 hues each). Halved, 5 of 24 wrong answers of `npm run bench -- answers` are missed. */
  least: 0.7,
  /**
   * Where the photo's product stands apart from its background, and its colours are known better. Good pictures of 45 products measured
   * 0.97 and more, 90 right answers of the bench 0.99 and more; other products 0.59 to 1, hues off by 40° 0.44 and more. Colours that are missing count half, and may be those of a hand.
   */
  leastApart: { foreign: 0.85, missing: 0.8 },
};

/**
 * Whether a picture keeps to the colours of its photo. A main picture is judged by its product; a scene only has to show the
 * product's colours somewhere, and a close-up only has to keep to them.
 */
export function checkColour({ onWhite, listed, photos, spec, sceneOf }: Evidence): Check | null {
  const [photo] = photos;
  if (!photo || (spec.role === 'main' && !onWhite)) return null;
  const source = photoColours(photo, sceneOf(photo));
  const picture = onWhite ? coloursOnWhite(onWhite) : allColours(listed);
  const { agreement, reason } = colourAgreement(picture, source.palette, {
    foreign: spec.kind === 'detail' ? 'ofColours' : spec.role === 'main',
    missing: spec.kind !== 'detail' && source.isApart,
  });
  const isStrict = spec.role === 'main' && source.isApart && (reason === 'foreign' || reason === 'missing');
  const least = isStrict ? THRESHOLDS.leastApart[reason] : THRESHOLDS.least;
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
