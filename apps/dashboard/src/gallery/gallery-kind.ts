import type { GalleryKind } from './grid-layout.ts';

const SLOT = 'image-studio.gallery';
/** Up to here a batch is looked at picture by picture; beyond, one wants many at a glance. */
const FEW_SKUS = 60;

/** The kind of gallery that was chosen last, else what suits the number of SKUs. */
export function galleryKind(skus: number): GalleryKind {
  const chosen = localStorage.getItem(SLOT);
  if (chosen === 'pairs' || chosen === 'results') return chosen;
  return skus <= FEW_SKUS ? 'pairs' : 'results';
}

/** Remembers the choice for the next visit. */
export function rememberGalleryKind(kind: GalleryKind): void {
  localStorage.setItem(SLOT, kind);
}
