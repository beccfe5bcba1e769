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
  /** Whether the next `take` would be refused. Takes nothing. */
  isSpent(caller: string): boolean;
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
  const tokensOf = (caller: string, at: number): number => {
    const known = buckets.get(caller);
    return known ? Math.min(perMinute, known.tokens + (at - known.at) * perMs) : perMinute;
  };
  return {
    isSpent: (caller) => tokensOf(caller, now()) < 1,
    take(caller) {
      const at = now();
      const full = tokensOf(caller, at);
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
