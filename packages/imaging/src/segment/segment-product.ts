import type { Background } from './background/segment-background.ts';
import { KEEP_SHADOW, REMOVE_SHADOW } from './passes.ts';
import { type Segmentation, unsegmented } from './segmentation.ts';

/**
 * Decides what of a picture's map is product, what its shadow and what background. Where `shadow` is removed it counts as
 * background of a darker colour. The background stays as it is.
 */
export function segmentProduct(
  background: Background,
  { shadow }: { shadow: 'keep' | 'remove' },
): Segmentation {
  const passes = shadow === 'keep' ? KEEP_SHADOW : REMOVE_SHADOW;
  return passes.reduce((state, pass) => pass(state), unsegmented(background));
}
