export interface QuotaView {
  model: string;
  /** Further limits, when there are any, and what is used of them. */
  callsToday: number;
  callsPerDay: number | null;
  /** What the calls since the provider's midnight cost. */
  costTodayUsd: number;
  spentLast10MinUsd: number;
  spendPer10MinUsd: number | null;
  /** Time of one call in the recent past, milliseconds; `null` before the first. */
  latencyMs: { p50: number; p90: number } | null;
  /** What a picture has cost lately; `null` before the first. */
  meanPriceUsd: number | null;
  /** Whether the model is taken for down, and calls only probe it. */
  breakerOpen: boolean;
  callsPerMinute: number;
  /** Calls made in the last 60 s over `callsPerMinute`. */
  utilisation: number;
  callsLastMinute: number;
  /** Until when (ISO) the provider asked to wait, if it did. */
  pausedUntil: string | null;
}
