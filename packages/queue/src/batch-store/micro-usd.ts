/** Dollars in the millionths that Redis counts in; 0 is none. What is less than one millionth is one, because 0 means no limit. */
export function microUsd(usd: number): number {
  return usd > 0 ? Math.max(1, Math.round(usd * 1e6)) : 0;
}
