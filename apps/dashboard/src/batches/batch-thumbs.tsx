import type { BatchView, BriefSkuView } from '@image-studio/contract';
import { useEffect, useState } from 'preact/hooks';
import type { Studio } from '../studio.ts';

/** So many tell one batch from another. */
const SHOWN = 4;

/** By batch, for as long as the tab: the first pictures of a batch hardly change. */
const known = new Map<string, readonly string[]>();

/** A batch's first pictures, small. Decoration: the row's link and words say all of it. */
export function BatchThumbs({ studio: { client }, batch }: { studio: Studio; batch: BatchView }) {
  const { id, images } = batch;
  const [urls, setUrls] = useState<readonly string[]>(known.get(id) ?? []);
  const isEnough = urls.length >= Math.min(SHOWN, images.done);
  useEffect(() => {
    if (isEnough) return;
    const ending = new AbortController();
    const query = `view=brief&limit=${SHOWN}${batch.counts.completed > 0 ? '&state=completed' : ''}`;
    client
      .get<{ items: BriefSkuView[] }>(`batches/${encodeURIComponent(id)}/skus?${query}`, ending.signal)
      .then(
        ({ items }) => {
          const found = items.flatMap((sku) => sku.images[0]?.thumbUrl ?? []);
          known.set(id, found);
          setUrls(found);
        },
        () => {},
      );
    return () => ending.abort();
  }, [id, isEnough]);
  return (
    <span class="batch-thumbs" aria-hidden="true">
      {urls.slice(0, SHOWN).map((url) => (
        <img key={url} src={url} alt="" loading="lazy" decoding="async" width={36} height={36} />
      ))}
    </span>
  );
}
