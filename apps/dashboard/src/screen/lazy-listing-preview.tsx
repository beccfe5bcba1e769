import { lazyPart } from '../ui/lazy-part.tsx';

/** The preview, as soon as its code is there: who never asks for it never loads it. */
export const LazyListingPreview = lazyPart(
  async () => (await import('./listing-preview.tsx')).ListingPreview,
  () => <div class="screen-none" />,
);
