import type { BatchView, SkuView } from '@image-studio/contract';
import type { SkuFilter } from '../state/batch-state.ts';
import { formatCount } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { SkuPage } from './sku-page.tsx';
import './sku-grid.css';

/** Cards that are drawn together; a multiple of 1, 2, 3 and 4 columns, so that their last row is full. */
const CHUNK = 48;

/** The SKUs that were read so far, and the way to more. */
export function SkuGrid(props: {
  batch: BatchView;
  filter: SkuFilter;
  skus: SkuView[] | null;
  hasMore: boolean;
  loading: boolean;
  loadMore: () => Promise<void>;
}) {
  const { batch, filter, skus, hasMore, loading, loadMore } = props;
  const total = filter.q || filter.reason ? null : batch.counts[filter.state ?? 'total'];
  return (
    <section class="sku-section" aria-busy={loading}>
      {skus?.length === 0 && !loading && <p class="note soft">{translate('noSkus')}</p>}
      {skus === null ? (
        <div class="sku-grid" aria-hidden="true">
          {[0, 1, 2, 3, 4, 5].map((place) => (
            <div key={place} class="sku-card sku-card-empty" />
          ))}
        </div>
      ) : (
        chunks(skus).map((chunk, place) => (
          <SkuPage key={place} batchId={batch.id} self={batch.links?.self} filter={filter} skus={chunk} />
        ))
      )}
      <div class="sku-grid-foot">
        {skus && total !== null && (
          <span class="small soft">
            {translate('shown', { n: formatCount(skus.length), total: formatCount(total) })}
          </span>
        )}
        {hasMore && (
          <button type="button" disabled={loading} onClick={() => void loadMore().catch(() => {})}>
            {translate('loadMore')}
          </button>
        )}
      </div>
    </section>
  );
}

function chunks(skus: SkuView[]): SkuView[][] {
  return Array.from({ length: Math.ceil(skus.length / CHUNK) }, (_, place) =>
    skus.slice(place * CHUNK, (place + 1) * CHUNK),
  );
}
