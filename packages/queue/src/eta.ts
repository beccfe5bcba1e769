import type { Eta } from '@image-studio/contract';

export interface EtaInput {
  /** Pictures of this batch that still need a call, and those of all batches in front of or beside it. */
  callsLeft: number;
  callsLeftElsewhere: number;
  callsPerMinute: number;
}

/** A picture needs about this long outside the queue: download, the call itself, finishing and upload. */
const LATENCY_SECONDS = { low: 3, high: 45 };

/**
 * How long until the batch ends, as a range. Low: it has the whole quota to itself. High: it shares the quota with
 * everything else that is queued (fair share lets each advance at the same pace, so at most twice its own work
 * lies in front of it), and one call in twenty has to be made again.
 */
export function estimateEta(input: EtaInput): Eta | null {
  if (input.callsLeft === 0) return null;
  const perSecond = input.callsPerMinute / 60;
  const shared = input.callsLeft + Math.min(input.callsLeft, input.callsLeftElsewhere);
  return {
    lowSeconds: Math.round(input.callsLeft / perSecond + LATENCY_SECONDS.low),
    highSeconds: Math.round((shared * 1.05) / (perSecond * 0.95) + LATENCY_SECONDS.high),
  };
}
