import type { SkuState } from '@image-studio/contract';
import { type ListFilter, readListFilter } from '../batches/list-filter.ts';
import type { SkuFilter } from '../state/batch-state.ts';
import { filterQuery } from '../state/filter-query.ts';

/** What the hash of the address says: which page, how it is filtered, which SKU is open. */
export type Route =
  | { page: 'batches'; filter: ListFilter }
  | { page: 'new' }
  | { page: 'fleet' }
  | { page: 'batch'; id: string; filter: SkuFilter; sku: string | null };

const STATES: readonly string[] = ['waiting', 'active', 'completed', 'failed', 'cancelled', 'needsReview'];

/** Reads `#/?status=&q=`, `#/new`, `#/fleet` or `#/batches/<id>?state=&reason=&rule=&q=&sku=`; everything else is the list of batches. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  if (path === 'new' || path === 'fleet') return { page: path };
  const id = /^batches\/([^/]+)$/.exec(path)?.[1];
  const query = new URLSearchParams(search);
  if (!id) return { page: 'batches', filter: readListFilter(query) };
  const [state, reason, rule, q] = ['state', 'reason', 'rule', 'q'].map((name) => query.get(name));
  const filter: SkuFilter = {
    ...(state && STATES.includes(state) ? { state: state as SkuState } : {}),
    ...(reason ? { reason } : {}),
    ...(rule ? { rule } : {}),
    ...(q ? { q } : {}),
  };
  return { page: 'batch', id: decode(id), filter, sku: query.get('sku') };
}

/** The hash of a batch's page; what `parseRoute` reads back. */
export function batchHash(id: string, filter: SkuFilter = {}, sku: string | null = null): string {
  const query = filterQuery(filter, sku === null ? {} : { sku });
  return `#/batches/${encodeURIComponent(id)}${query ? `?${query}` : ''}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
