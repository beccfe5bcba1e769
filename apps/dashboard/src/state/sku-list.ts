import type { BatchState } from './batch-state.ts';
import { isNarrow, matchesFilter } from './matches-filter.ts';
import type { SkuBrief } from './sku-brief.ts';

/** The list that the filter leaves, by position. Positions of the whole list are the SKUs' own indices. */
export interface SkuList {
  /** How many places there are; of a filtered list that has not been read to its end, as far as it is known. */
  count: number;
  /** How many SKUs the filter leaves: `count`, less the one that is only kept. */
  matching: number;
  /** Whether `count` is certain. */
  isComplete: boolean;
  at(position: number): SkuBrief | undefined;
  /** Where the SKU with this index stands, or would stand if the filter left it. */
  positionOf(index: number): number;
}

/**
 * The list to show, in the order of submission. Shown is also what has to be read again: it was true before. `kept` is
 * the index of a SKU that stays in its place although the filter no longer leaves it: somebody is looking at it.
 */
export function listSkus(state: BatchState, kept?: number): SkuList {
  return isNarrow(state.filter) ? filteredList(state, kept) : wholeList(state);
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
  const { total } = batch.counts;
  return {
    count: total,
    matching: total,
    isComplete: true,
    at: (position) => skus[position]?.sku,
    positionOf: (index) => index,
  };
}

function filteredList(state: BatchState, kept?: number): SkuList & { known: number } {
  const { skus, filter, frontier, shownFrontier, batch } = state;
  const matches = matchesOf(state);
  // The one that is only kept is put in without a copy of ten thousand others.
  const place = kept === undefined ? 0 : lowerBound(matches, kept);
  const isWithin = kept !== undefined && kept < Math.max(frontier, shownFrontier);
  const extra = isWithin && matches[place]?.index !== kept ? skus[kept]?.sku : undefined;
  const known = matches.length + (extra ? 1 : 0);
  const isComplete = frontier === Infinity;
  const byState =
    filter.state && !filter.reason && !filter.rule && !filter.q ? batch.counts[filter.state] : 0;
  const matching = isComplete ? matches.length : Math.max(matches.length, byState);
  return {
    count: isComplete ? known : Math.max(known, matching),
    matching,
    isComplete,
    known,
    at: (position) => {
      if (!extra || position < place) return matches[position];
      return position === place ? extra : matches[position - 1];
    },
    positionOf: (index) => lowerBound(matches, index) + (extra && extra.index < index ? 1 : 0),
  };
}

const matchesByState = new WeakMap<BatchState, SkuBrief[]>();

/** The SKUs that the filter leaves, as far as they are known: found once for each state, however often it is drawn. */
function matchesOf(state: BatchState): SkuBrief[] {
  const found = matchesByState.get(state);
  if (found) return found;
  const { skus, filter, epoch, frontier, shownFrontier } = state;
  const matches: SkuBrief[] = [];
  const end = Math.min(skus.length, Math.max(frontier, shownFrontier));
  for (let index = 0; index < end; index += 1) {
    const known = skus[index];
    if (known === undefined) continue;
    // An older one below the frontier was not in the pages that were read since: it no longer matches.
    const isOver = known.epoch !== epoch && index < frontier;
    if (!isOver && matchesFilter(known.sku, filter)) matches.push(known.sku);
  }
  matchesByState.set(state, matches);
  return matches;
}

/** The position of the first SKU whose index is at least `index`. */
function lowerBound(skus: readonly SkuBrief[], index: number): number {
  let [low, high] = [0, skus.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((skus[middle]?.index ?? Infinity) < index) low = middle + 1;
    else high = middle;
  }
  return low;
}
