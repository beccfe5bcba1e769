/** Minutes that are looked at: an hour says how the fleet is now, not how it was last week. */
const MINUTES = 60;
/** One full minute may be an accident. */
const LEAST_MINUTES = 2;
const MINUTE = 60;
/** The next batch may have other photos: batches of one fleet were up to so much slower, or faster, than those before. */
const CHANGE = 1.2;

/**
 * Pictures a minute that the fleet can finish, from what it finished while more waited (`<p>:throughput`: start of the
 * minute → pictures): the tenth and the ninetieth percentile of full minutes, and a fifth beyond. A minute is full when something waited
 * before and after it. `null` when there are too few.
 */
export function fleetPace(throughput: Record<string, string>): { low: number; high: number } | null {
  const at = new Map(Object.entries(throughput).map(([minute, count]) => [Number(minute), Number(count)]));
  const full = [...at.keys()]
    .filter((minute) => at.has(minute - MINUTE) && at.has(minute + MINUTE))
    .sort((a, b) => b - a)
    .slice(0, MINUTES)
    .map((minute) => at.get(minute) ?? 0)
    .sort((a, b) => a - b);
  if (full.length < LEAST_MINUTES) return null;
  const of = (share: number) => full[Math.round((full.length - 1) * share)] ?? 0;
  return { low: of(0.1) / CHANGE, high: of(0.9) * CHANGE };
}
