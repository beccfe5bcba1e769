/** What is left to one caller. */
export interface Allowance {
  limit: number;
  remaining: number;
  /** Seconds until the whole limit is there again. */
  resetSeconds: number;
  /** Seconds until the next request is taken; `null`: this one was. */
  retryAfterSeconds: number | null;
}

export interface RateLimit {
  take(caller: string): Allowance;
}

/** Callers remembered at once; beyond that the one that has been quiet longest starts anew. */
const MAX_CALLERS = 10_000;

/**
 * A token bucket for each caller: a minute's worth at once, then at an even pace. Counted in this process: with several
 * replicas a key has as much at each.
 */
export function createRateLimit(perMinute: number, now: () => number = Date.now): RateLimit {
  const perMs = perMinute / 60_000;
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(caller) {
      const known = buckets.get(caller);
      const at = now();
      const refilled = known ? known.tokens + (at - known.at) * perMs : perMinute;
      const full = Math.min(perMinute, refilled);
      const isTaken = full >= 1;
      const tokens = isTaken ? full - 1 : full;
      // Deleted first, so that the map stays in the order of the last request.
      buckets.delete(caller);
      buckets.set(caller, { tokens, at });
      if (buckets.size > MAX_CALLERS) buckets.delete(buckets.keys().next().value as string);
      return {
        limit: perMinute,
        remaining: Math.floor(tokens),
        resetSeconds: Math.ceil((perMinute - tokens) / perMs / 1000),
        retryAfterSeconds: isTaken ? null : Math.max(1, Math.ceil((1 - tokens) / perMs / 1000)),
      };
    },
  };
}
