import type { ImageRecord } from './sku.ts';

/**
 * Whether a picture needs nobody any more. A person's decision counts; where nobody has decided, every check has to be
 * passed: that is what approves a picture when no review was asked for.
 */
export function isGood({ review, checks }: Pick<ImageRecord, 'review' | 'checks'>): boolean {
  return review ? review.decision === 'approved' : checks.every(({ pass }) => pass);
}

/** How a SKU ends that has all of its pictures. */
export function stateByPictures(images: readonly ImageRecord[]): 'completed' | 'needsReview' {
  return images.every(isGood) ? 'completed' : 'needsReview';
}
