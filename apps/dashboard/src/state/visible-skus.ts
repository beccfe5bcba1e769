import type { SkuView } from '@image-studio/contract';
import type { BatchState } from './batch-state.ts';
import { matchesFilter } from './matches-filter.ts';

/** The SKUs to show, in order: listed ones that (still) match the filter. `null` while the first page loads. */
export function visibleSkus({ order, skus, filter }: BatchState): SkuView[] | null {
  if (order === null) return null;
  return order.flatMap((code) => {
    const sku = skus.get(code);
    return sku && matchesFilter(sku, filter) ? [sku] : [];
  });
}
