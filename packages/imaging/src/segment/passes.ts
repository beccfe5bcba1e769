import type { Background } from './background/background.ts';
import { removeCompressionHalo } from './product/remove-compression-halo.ts';
import { removeSpecks } from './product/remove-specks.ts';
import { type MaskPass, type Segmentation, unsegmented } from './segmentation.ts';
import { clearShadow } from './shadows/clear-shadow.ts';
import { markCastShadow } from './shadows/mark-cast-shadow.ts';
import { markDetachedShadows } from './shadows/mark-detached-shadows.ts';
import { markShadow } from './shadows/mark-shadow.ts';

/** The passes of models' pictures, in their order: a soft shadow is marked, and kept. */
export const KEEP_SHADOW: readonly MaskPass[] = [
  markShadow,
  markDetachedShadows,
  removeCompressionHalo,
  removeSpecks,
];

/** The passes of photos, in their order: a shadow becomes background. */
export const REMOVE_SHADOW: readonly MaskPass[] = [
  markShadow,
  markCastShadow,
  clearShadow,
  removeCompressionHalo,
  removeSpecks,
];

/** The passes of a picture that brings its own transparency: it has no shadow, and no codec has smeared its outline. */
const FROM_ALPHA: readonly MaskPass[] = [removeSpecks];

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
