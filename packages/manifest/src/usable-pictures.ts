import { type BatchOptions, type ImageRecord, isGood } from '@image-studio/contract';
import type { ManifestSku } from './manifest-batch.ts';

/**
 * The pictures of a SKU that may be listed, the main one first. None while the SKU is worked on, and none without its main
 * picture where its batch makes one: another must not stand in its place.
 */
export function usablePictures(
  { state, record }: Pick<ManifestSku, 'state' | 'record'>,
  { main }: Pick<BatchOptions, 'main'>,
): ImageRecord[] {
  if (state === 'waiting' || state === 'active') return [];
  const usable = record.images.filter(isGood);
  if (main !== false && !usable.some(({ role }) => role === 'main')) return [];
  return usable.sort((a, b) => Number(b.role === 'main') - Number(a.role === 'main'));
}
