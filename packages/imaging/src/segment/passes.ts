import { removeCompressionHalo } from './product/remove-compression-halo.ts';
import { removeSpecks } from './product/remove-specks.ts';
import type { MaskPass } from './segmentation.ts';
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
export const FROM_ALPHA: readonly MaskPass[] = [removeSpecks];
