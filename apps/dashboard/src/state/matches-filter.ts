import type { SkuFilter } from './batch-state.ts';
import type { SkuBrief } from './sku-brief.ts';

/** The server's rule, for SKUs that change while they are on the screen. */
export function matchesFilter(sku: SkuBrief, filter: SkuFilter): boolean {
  if (filter.state && sku.state !== filter.state) return false;
  if (filter.reason && sku.failure?.code !== filter.reason) return false;
  if (filter.rule && !sku.images.some(({ failing }) => failing.some(({ rule }) => rule === filter.rule)))
    return false;
  return !filter.q || sku.sku.toLowerCase().includes(filter.q.toLowerCase());
}

/** Whether the list is narrowed at all. */
export function isNarrow(filter: SkuFilter): boolean {
  return Object.values(filter).some((value) => value !== undefined);
}
