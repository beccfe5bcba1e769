import { useRef } from 'preact/hooks';
import type { SkuList } from '../state/sku-list.ts';

/**
 * Where one stands: `place` of `total`. Pictures that were decided about leave many a filter; they still count, so that one goes from 1 to
 * 457 and not from 457 down with a 1 beside it.
 */
export function useSitting(
  list: SkuList,
  index: number | undefined,
): { place: number; total: number } | null {
  const seen = useRef(new Set<number>()).current;
  if (index === undefined) return null;
  seen.add(index);
  const isThere = (one: number): boolean => list.at(list.positionOf(one))?.index === one;
  const gone = [...seen].filter((one) => !isThere(one));
  // One that is only kept in the list, because it is looked at, is not among those that match.
  const kept = list.isComplete && list.count > list.matching ? list.count - list.matching : 0;
  return {
    place: list.positionOf(index) + 1 + gone.filter((one) => one < index).length,
    total: list.matching + gone.length + kept,
  };
}
