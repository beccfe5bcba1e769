/** The quota that the stand-in enforces. */
export interface QuotaLimits {
  /** Calls in any window of `windowMs`; 0 = no limit. */
  callsPerWindow: number;
  windowMs: number;
  /** Also refuse more than a tenth of the calls in any tenth of the window. */
  tenths: boolean;
  /** Calls since the start or the last reset; 0 = no limit. */
  callsPerDay: number;
}

export interface QuotaMeter {
  /** Admits a call now, or tells which limit it meets and in how many seconds there is room again. */
  admit(
    limits: QuotaLimits,
  ): { admitted: true } | { admitted: false; limit: 'minute' | 'day'; seconds: number };
  /** Most calls that were admitted within any window of `windowMs`. */
  mostWithin(windowMs: number): number;
  /** When each admitted call came, in milliseconds of `performance.now()`. */
  readonly admitted: readonly number[];
  reset(): void;
}

/** Counts admitted calls in sliding windows. Refused calls count for nothing. */
export function createQuotaMeter(): QuotaMeter {
  let admitted: number[] = [];
  /** Milliseconds until fewer than `limit` calls lie in the last `windowMs`; 0 = now. */
  const wait = (limit: number, windowMs: number, now: number): number => {
    if (limit <= 0 || admitted.length < limit) return 0;
    const blocking = admitted[admitted.length - limit] as number;
    return Math.max(0, blocking + windowMs - now);
  };
  return {
    get admitted() {
      return admitted;
    },
    admit(limits) {
      const now = performance.now();
      if (limits.callsPerDay > 0 && admitted.length >= limits.callsPerDay) {
        return { admitted: false, limit: 'day', seconds: 72_193.4 };
      }
      const waits = [wait(limits.callsPerWindow, limits.windowMs, now)];
      if (limits.tenths && limits.callsPerWindow > 0) {
        // The contract's words: no tenth of a minute holds more than a tenth (never less than one call).
        waits.push(wait(Math.max(1, Math.ceil(limits.callsPerWindow / 10)), limits.windowMs / 10, now));
      }
      const longest = Math.max(...waits);
      if (longest > 0) return { admitted: false, limit: 'minute', seconds: longest / 1000 };
      admitted.push(now);
      return { admitted: true };
    },
    mostWithin(windowMs) {
      let most = 0;
      for (let first = 0, last = 0; last < admitted.length; last++) {
        while ((admitted[last] as number) - (admitted[first] as number) >= windowMs) first++;
        most = Math.max(most, last - first + 1);
      }
      return most;
    },
    reset() {
      admitted = [];
    },
  };
}
