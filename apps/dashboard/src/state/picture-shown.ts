import type { PictureBrief, SkuBrief } from './sku-brief.ts';

/**
 * The picture that a card shows, and that a decision in the gallery is about: of a SKU that needs review the first one
 * that nobody has judged yet, else the main one.
 */
export function pictureShown({ state, images }: SkuBrief): PictureBrief | undefined {
  const unjudged =
    state === 'needsReview'
      ? images.find(({ failing, decision }) => failing.length > 0 && decision === null)
      : undefined;
  return unjudged ?? images.find(({ role }) => role === 'main') ?? images[0];
}
