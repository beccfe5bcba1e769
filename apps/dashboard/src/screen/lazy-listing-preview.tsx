import { useEffect, useState } from 'preact/hooks';
import type { ListingPreview } from './listing-preview.tsx';

type Preview = typeof ListingPreview;

let loaded: Preview | null = null;

/** The preview, as soon as its code is there: who never asks for it never loads it. */
export function LazyListingPreview(props: Parameters<Preview>[0]) {
  const [Preview, setPreview] = useState(() => loaded);
  useEffect(() => {
    if (Preview) return;
    void import('./listing-preview.tsx').then((module) => {
      loaded = module.ListingPreview;
      setPreview(() => module.ListingPreview);
    });
  }, []);
  return Preview ? <Preview {...props} /> : <div class="screen-none" />;
}
