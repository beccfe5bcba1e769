import type { Eta } from '@image-studio/contract';

export interface EtaInput {
  /** Pictures of this batch that still have to be finished. */
  picturesLeft: number;
  /** Those of them that still need a call, and those of all batches in front of or beside it. */
  callsLeft: number;
  callsLeftElsewhere: number;
  callsPerMinute: number;
  /** Observed time of one call. */
  latencyMs: { p50: number; p90: number } | null;
  /** Pictures a minute that the fleet can finish: as seen lately, or what its processors suffice for. */
  fleetPerMinute: { low: number; high: number };
  /** Pictures that this batch has finished lately, and in how many seconds; `null` before it began. */
  seen: { pictures: number; seconds: number } | null;
}

/** How fast the fleet is, and how many SKUs wait for it. */
export type Pace = Pick<EtaInput, 'callsPerMinute' | 'latencyMs' | 'fleetPerMinute'> & {
  backlog: number;
};

/** A picture needs about this long beside its call: download, finishing, upload. */
const OTHER_SECONDS = { low: 1, high: 10 };
/** Time of a call before the first one was seen; the provider's own median is 16 s. */
const UNKNOWN_LATENCY_MS = { p50: 2000, p90: 35_000 };
/** Fewer pictures than this say little about the pace of a batch. */
const LEAST_SEEN = 5;

/**
 * How long until the batch ends, as a range. What is seen counts first: the batch's own pace, which holds whatever slows it
 * down (quota, suppliers, processors, neighbours). Before that, the slower of quota and what the fleet can finish. Low: the
 * batch has both to itself. High: it shares them with everything else that is queued (fair share lets each advance at the
 * same pace, so at most twice its own work lies in front of it), and one call in twenty has to be made again.
 */
export function estimateEta(input: EtaInput): Eta | null {
  if (input.picturesLeft === 0) return null;
  const { seen } = input;
  return seen && seen.pictures >= LEAST_SEEN ? fromSeen(input, seen) : fromCapacity(input);
}

/**
 * The range narrows with the square root of what was seen and of what is left, and no further than to a quarter below: fleets
 * and neighbours change. The replays in `eta.test.ts` hold it to the truth in nine of ten.
 */
function fromSeen(input: EtaInput, seen: { pictures: number; seconds: number }): Eta {
  const seconds = (input.picturesLeft * seen.seconds) / seen.pictures;
  const doubt = Math.min(0.7, 0.25 + 1 / Math.sqrt(Math.min(seen.pictures, input.picturesLeft)));
  const latency = input.latencyMs ?? UNKNOWN_LATENCY_MS;
  return {
    lowSeconds: Math.max(1, Math.round(seconds * (1 - doubt))),
    highSeconds: Math.round(seconds * (1 + 1.6 * doubt) + latency.p90 / 1000 + OTHER_SECONDS.high),
  };
}

function fromCapacity(input: EtaInput): Eta {
  const { picturesLeft, callsLeft, fleetPerMinute } = input;
  const latency = callsLeft === 0 ? { p50: 0, p90: 0 } : (input.latencyMs ?? UNKNOWN_LATENCY_MS);
  const callsPerSecond = input.callsPerMinute / 60;
  const share = (left: number) => left + Math.min(left, input.callsLeftElsewhere);
  const low = Math.max(callsLeft / callsPerSecond, (picturesLeft * 60) / fleetPerMinute.high);
  const high = Math.max(
    (share(callsLeft) * 1.05) / (callsPerSecond * 0.95),
    (share(picturesLeft) * 60) / fleetPerMinute.low,
  );
  return {
    lowSeconds: Math.round(low + latency.p50 / 1000 + OTHER_SECONDS.low),
    highSeconds: Math.round(high + latency.p90 / 1000 + OTHER_SECONDS.high),
  };
}
