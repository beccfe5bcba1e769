import type { Background } from './background/background.ts';
import { FROM_ALPHA, KEEP_SHADOW, REMOVE_SHADOW } from './passes.ts';
import { type MaskPass, type Segmentation, unsegmented } from './segmentation.ts';

/**
 * Decides what of a picture's map is product, what its shadow and what background. Where `shadow` is removed it counts as
 * background of a darker colour. The background stays as it is.
 */
export function segmentProduct(
  background: Background,
  { shadow }: { shadow: 'keep' | 'remove' },
): Segmentation {
  return passesFor(background, shadow).reduce((state, pass) => pass(state), unsegmented(background));
}

function passesFor({ fromAlpha }: Background, shadow: 'keep' | 'remove'): readonly MaskPass[] {
  if (fromAlpha) return FROM_ALPHA;
  return shadow === 'keep' ? KEEP_SHADOW : REMOVE_SHADOW;
}
