import type { BatchOptions, ImageRecord } from '@image-studio/contract';
import type { ManifestSku } from './manifest-batch.ts';

/**
 * Whether a picture may be listed. A person's decision counts; where nobody has decided, every check has to be passed: that is
 * what approves a picture when no review was asked for.
 */
export function isUsable({ review, checks }: Pick<ImageRecord, 'review' | 'checks'>): boolean {
  return review ? review.decision === 'approved' : checks.every(({ pass }) => pass);
}

/**
 * The pictures of a SKU that may be listed, the main one first. None while the SKU is worked on, and none without its main
 * picture where its batch makes one: another must not stand in its place.
 */
export function usablePictures(
  { state, record }: Pick<ManifestSku, 'state' | 'record'>,
  { main }: Pick<BatchOptions, 'main'>,
): ImageRecord[] {
  if (state === 'waiting' || state === 'active') return [];
  const usable = record.images.filter(isUsable);
  if (main !== false && !usable.some(({ role }) => role === 'main')) return [];
  return usable.sort((a, b) => Number(b.role === 'main') - Number(a.role === 'main'));
}
