import type { SecondCalls } from './second-calls.ts';
import type { SeenPace } from './seen-pace.ts';

/** Where a batch stands, as far as the work that is left depends on it. */
export interface Standing {
  /** Pictures of SKUs that have not ended, and those of them that are listed already, whatever is asked for again. */
  pictures: number;
  listed: number;
  /** Of all SKUs: pictures that came to be listed, each once. */
  listedEver: number;
  /** Calls that brought a picture or still may; reused ones among them. */
  calls: number;
  reused: number;
  /**
   * Pictures that were asked for again because the first one failed its checks, ever and of SKUs that have not ended; `null` where that is not
   * counted (several pictures a SKU): then it is reckoned from the calls.
   */
  again: { ever: number; open: number } | null;
  /** How many pictures of the last batches needed a second call; without it, few. */
  known?: SecondCalls;
  /** Of which follows how many calls are being made: so many as start while one is made. */
  seen: SeenPace | null;
  latencyMs: { p50: number } | null;
}

export interface WorkLeft {
  /** Calls that have yet to start: first ones, those that were asked for again, and those that will be. */
  calls: { low: number; likely: number; high: number };
  /** Pictures that came back and have yet to be finished. */
  unfinished: number;
}

/** Weight of the estimate for a batch that has listed nothing: as much as so many listed pictures. */
const PRIOR = { of: 5, again: { low: 0, likely: 0.1, high: 0.1 } };

/**
 * The calls that a batch still needs. A picture that fails its checks is asked for once again, behind all calls that are ready: a batch may have
 * listed every picture and be only half done.
 */
export function workLeft(standing: Standing): WorkLeft {
  const { listedEver, calls } = standing;
  const inFlight = callsInFlight(standing);
  const first = Math.max(0, standing.pictures - standing.listed);
  const again = standing.again ?? { ever: Math.max(0, calls - listedEver - inFlight), open: 0 };
  // Started, and not listed: in flight, or waiting to be finished.
  const unlisted = standing.again
    ? Math.min(first + again.open, Math.max(0, calls - listedEver - (again.ever - again.open)))
    : Math.min(first, inFlight);
  const counted = listedEver + PRIOR.of;
  const { low, likely, high } = standing.known ?? PRIOR.again;
  const prior = PRIOR.of / counted;
  const share = Math.min(1, again.ever / counted + likely * prior);
  const doubt = 1.6 * Math.sqrt((share * (1 - share)) / counted);
  const reusedShare = calls === 0 ? 0 : standing.reused / calls;
  const toStart = (more: number) =>
    Math.max(0, first + again.open - unlisted + first * more) * (1 - reusedShare);
  return {
    calls: {
      low: toStart(Math.max(0, share - doubt - (likely - low) * prior)),
      likely: toStart(share),
      high: toStart(Math.min(1, share + doubt + (high - likely) * prior)),
    },
    unfinished: Math.max(0, unlisted - inFlight),
  };
}

function callsInFlight({ seen, latencyMs, calls }: Standing): number {
  const { overall, lately } = seen ?? {};
  const span = lately?.calls ? lately : overall;
  if (!span || !latencyMs) return calls;
  return Math.min(calls, (span.calls * latencyMs.p50) / 1000 / span.seconds);
}
