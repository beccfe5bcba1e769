import type { SkuFilter } from './batch-state.ts';

/** A filter, and whatever else is asked for, as the query of an address. */
export function filterQuery(filter: SkuFilter, more: Record<string, string> = {}): string {
  const entries = Object.entries({ ...filter, ...more });
  return new URLSearchParams(entries.filter((entry): entry is [string, string] => !!entry[1])).toString();
}
