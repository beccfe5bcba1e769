import type { BaseLocationHook } from 'wouter-preact';
import { addressHash, navigate } from './navigate.ts';
import { useStore } from './use-store.ts';

/** wouter's location is the path in the hash: `/batches/<id>` of `#/batches/<id>?state=failed`. */
export const useHashLocation: BaseLocationHook = () => [
  partsOf(useStore(addressHash)).path,
  (path, options) => navigate(`#${path}`, options),
];
useHashLocation.hrefs = (path) => `#${path}`;

/**
 * The query in the hash: `state=failed` of `#/batches/<id>?state=failed`. Links to filtered pages have always had it
 * there; wouter's own hook for hashes moves it to the search of the address, and unescapes `%25` before it is read.
 */
export function useHashQuery(): string {
  return partsOf(useStore(addressHash)).query;
}

function partsOf(hash: string): { path: string; query: string } {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { path: `/${path}`, query };
}
