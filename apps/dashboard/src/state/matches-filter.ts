import type { SkuView } from '@image-studio/contract';
import type { SkuFilter } from './batch-state.ts';

/** The server's rule, for SKUs that change while they are on the screen. */
export function matchesFilter(sku: SkuView, filter: SkuFilter): boolean {
  if (filter.state && sku.state !== filter.state) return false;
  if (filter.reason && sku.failure?.code !== filter.reason) return false;
  return !filter.q || sku.sku.toLowerCase().includes(filter.q.toLowerCase());
}
