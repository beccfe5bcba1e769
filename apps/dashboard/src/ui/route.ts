import type { SkuState } from '@image-studio/contract';
import type { SkuFilter } from '../state/batch-state.ts';

/** What the hash of the address says: which page, how it is filtered, which SKU is open. */
export type Route =
  | { page: 'batches' }
  | { page: 'new' }
  | { page: 'batch'; id: string; filter: SkuFilter; sku: string | null };

const STATES: readonly string[] = ['waiting', 'active', 'completed', 'failed', 'cancelled', 'needsReview'];

/** Reads `#/`, `#/new` or `#/batches/<id>?state=&reason=&q=&sku=`; everything else is the list of batches. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  if (path === 'new') return { page: 'new' };
  const id = /^batches\/([^/]+)$/.exec(path)?.[1];
  if (!id) return { page: 'batches' };
  const query = new URLSearchParams(search);
  const [state, reason, q] = [query.get('state'), query.get('reason'), query.get('q')];
  const filter: SkuFilter = {
    ...(state && STATES.includes(state) ? { state: state as SkuState } : {}),
    ...(reason ? { reason } : {}),
    ...(q ? { q } : {}),
  };
  return { page: 'batch', id: decode(id), filter, sku: query.get('sku') };
}

/** The hash of a batch's page; what `parseRoute` reads back. */
export function batchHash(id: string, filter: SkuFilter = {}, sku: string | null = null): string {
  const query = new URLSearchParams({ ...filter, ...(sku === null ? {} : { sku }) }).toString();
  return `#/batches/${encodeURIComponent(id)}${query ? `?${query}` : ''}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
