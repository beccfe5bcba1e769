/** Shares of pictures that need a second call, each from 0 to 1. */
export interface SecondCalls {
  low: number;
  likely: number;
  high: number;
}

/** Fewer batches than this say little; then these stand beside them. */
const LEAST_BATCHES = 10;
const UNKNOWN = [0, 0, 0.1, 0.1, 0.35];

/**
 * How many pictures of a further batch will need a second call, from the shares of the last ones that ended: the fifth and the ninety-fifth percentile, and
 * the middle. Batches differ: all photos of one supplier may fail the same check.
 */
export function secondCalls(shares: readonly number[]): SecondCalls {
  const sorted = [...shares, ...(shares.length < LEAST_BATCHES ? UNKNOWN : [])].sort((a, b) => a - b);
  const at = (place: number): number => sorted[place] ?? 0;
  const last = sorted.length - 1;
  return {
    low: at(Math.floor(last * 0.05)),
    likely: at(Math.round(last * 0.5)),
    high: at(Math.ceil(last * 0.95)),
  };
}

/** Calls for so many first ones, with the second ones of their pictures. The fewer they are, the more it is a matter of luck. */
export function withSecondCalls(calls: number, { low, likely, high }: SecondCalls): SecondCalls {
  const luck = calls === 0 ? 0 : 1.3 * Math.sqrt((likely * (1 - likely)) / calls);
  return {
    low: calls * (1 + Math.max(0, low - luck)),
    likely: calls * (1 + likely),
    high: calls * (1 + Math.min(1, high + luck)),
  };
}
