import type { Background } from './background/background.ts';
import { removeCompressionHalo } from './product/remove-compression-halo.ts';
import { removeSpecks } from './product/remove-specks.ts';
import { type MaskPass, type Segmentation, unsegmented } from './segmentation.ts';
import { clearShadow } from './shadows/clear-shadow.ts';
import { markCastShadow } from './shadows/mark-cast-shadow.ts';
import { markDetachedShadows } from './shadows/mark-detached-shadows.ts';
import { markShadow } from './shadows/mark-shadow.ts';

/** From the background to the product, in this order: for models' pictures, whose soft shadows are worth keeping. */
export const KEEP_SHADOW: readonly MaskPass[] = [
  markShadow,
  markDetachedShadows,
  removeCompressionHalo,
  removeSpecks,
];

/** The same for photos, whose shadows go. */
export const REMOVE_SHADOW: readonly MaskPass[] = [
  markShadow,
  markCastShadow,
  clearShadow,
  removeCompressionHalo,
  removeSpecks,
];

/** A cut-out says itself what it shows: it has no shadow, and nothing rings about it. */
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
