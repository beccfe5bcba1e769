import type { BatchState } from './batch-state.ts';
import { isNarrow, matchesFilter } from './matches-filter.ts';
import type { SkuBrief } from './sku-brief.ts';

/** The list that the filter leaves, by position. Positions of the whole list are the SKUs' own indices. */
export interface SkuList {
  /** How many there are; of a filtered list that has not been read to its end, as far as it is known. */
  count: number;
  /** Whether `count` is certain. */
  isComplete: boolean;
  at(position: number): SkuBrief | undefined;
}

/** The list to show, in the order of submission. Shown is also what has to be read again: it was true before. */
export function listSkus(state: BatchState): SkuList {
  return isNarrow(state.filter) ? filteredList(state) : wholeList(state);
}

/** Where the next page has to begin so that positions `first` to `last` get known; `null` when they are. */
export function nextToRead(state: BatchState, first: number, last: number): number | null {
  if (isNarrow(state.filter)) {
    const isCaughtUp = state.frontier >= state.shownFrontier;
    const isThere = isCaughtUp && (state.frontier === Infinity || last < filteredList(state).known);
    return isThere ? null : state.frontier;
  }
  for (let index = Math.max(0, first); index <= Math.min(last, state.batch.counts.total - 1); index += 1) {
    if (state.skus[index]?.epoch !== state.epoch) return index;
  }
  return null;
}

function wholeList({ batch, skus }: BatchState): SkuList {
  return { count: batch.counts.total, isComplete: true, at: (position) => skus[position]?.sku };
}

function filteredList(state: BatchState): SkuList & { known: number } {
  const { skus, filter, epoch, frontier, shownFrontier, batch } = state;
  const matches: SkuBrief[] = [];
  const end = Math.min(skus.length, Math.max(frontier, shownFrontier));
  for (let index = 0; index < end; index += 1) {
    const known = skus[index];
    // An older one below the frontier was not in the pages that were read since: it no longer matches.
    if (known === undefined || (known.epoch !== epoch && index < frontier)) continue;
    if (matchesFilter(known.sku, filter)) matches.push(known.sku);
  }
  const isComplete = frontier === Infinity;
  const byState =
    filter.state && !filter.reason && !filter.rule && !filter.q ? batch.counts[filter.state] : 0;
  const count = isComplete ? matches.length : Math.max(matches.length, byState);
  return { count, isComplete, known: matches.length, at: (position) => matches[position] };
}
