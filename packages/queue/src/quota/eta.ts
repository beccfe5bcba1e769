import type { Eta } from '@image-studio/contract';

export interface EtaInput {
  /** Pictures of this batch that still need a call, and those of all batches in front of or beside it. */
  callsLeft: number;
  callsLeftElsewhere: number;
  callsPerMinute: number;
  /** Observed time of one call. */
  latencyMs: { p50: number; p90: number } | null;
}

/** A picture needs about this long beside its call: download, finishing, upload. */
const OTHER_SECONDS = { low: 1, high: 10 };
/** Time of a call before the first one was seen; the provider's own median is 16 s. */
const UNKNOWN_LATENCY_MS = { p50: 2000, p90: 35_000 };

/**
 * How long until the batch ends, as a range. Low: it has the whole quota to itself. High: it shares the quota with
 * everything else that is queued (fair share lets each advance at the same pace, so at most twice its own work
 * lies in front of it), and one call in twenty has to be made again.
 */
export function estimateEta(input: EtaInput): Eta | null {
  if (input.callsLeft === 0) return null;
  const perSecond = input.callsPerMinute / 60;
  const latency = input.latencyMs ?? UNKNOWN_LATENCY_MS;
  const shared = input.callsLeft + Math.min(input.callsLeft, input.callsLeftElsewhere);
  return {
    lowSeconds: Math.round(input.callsLeft / perSecond + latency.p50 / 1000 + OTHER_SECONDS.low),
    highSeconds: Math.round((shared * 1.05) / (perSecond * 0.95) + latency.p90 / 1000 + OTHER_SECONDS.high),
  };
}
