import type { ImageRecord } from './sku.ts';

/** The slot of each picture, in order. Records of earlier versions name none; there the kinds are numbered as plans do. */
export function slotsOf(images: readonly Pick<ImageRecord, 'kind' | 'slot'>[]): string[] {
  const seen = new Map<string, number>();
  return images.map(({ kind, slot }) => {
    const nth = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, nth);
    return slot ?? (nth === 1 ? kind : `${kind}-${nth}`);
  });
}
