/**
 * Dollars in the millionths that Redis counts in; 0 is none. An amount below one millionth becomes one millionth, because 0
 * means no limit.
 */
export function microUsd(usd: number): number {
  return usd > 0 ? Math.max(1, Math.round(usd * 1e6)) : 0;
}
