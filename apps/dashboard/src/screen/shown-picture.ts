import type { ImageView, SkuView } from '@image-studio/contract';
import type { PictureBrief, SkuBrief } from '../state/sku-brief.ts';

/** A picture on the screen: at once as the list knows it, and with everything as soon as its SKU has been read. */
export interface ShownPicture extends Omit<PictureBrief, 'bytes' | 'format'> {
  /** `null` while its SKU is on the way. */
  whole: ImageView | null;
}

/** The pictures of a SKU, from whatever is known of it. */
export function shownPictures(sku: SkuView | null, brief: SkuBrief | undefined): ShownPicture[] {
  if (sku === null) return (brief?.images ?? []).map((image) => ({ ...image, whole: null }));
  return sku.images.map((image) => ({
    ...image,
    failing: image.checks.filter(({ pass }) => !pass),
    decision: image.review?.decision ?? null,
    whole: image,
  }));
}
