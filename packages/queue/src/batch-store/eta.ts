import type { Eta } from '@image-studio/contract';
import type { SecondCalls } from './second-calls.ts';
import type { SeenPace, SeenSpan } from './seen-pace.ts';
import type { WorkLeft } from './work-left.ts';

export interface EtaInput {
  /** Pictures of this batch that still have to be finished. */
  picturesLeft: number;
  /** Work that is left for those pictures, and the calls of all batches in front of or beside this one. */
  work: WorkLeft;
  callsLeftElsewhere: number;
  callsPerMinute: number;
  /** Observed time of one call. */
  latencyMs: { p50: number; p90: number } | null;
  /** Pictures a minute that the fleet can finish: as seen lately, or what its processors suffice for. */
  fleetPerMinute: { low: number; high: number };
  /** What this batch has done lately; `null` before it began. */
  seen: SeenPace | null;
}

/** How fast the fleet is, and how many SKUs wait for it. */
export type Pace = Pick<EtaInput, 'callsPerMinute' | 'latencyMs' | 'fleetPerMinute'> & {
  backlog: number;
  /** Of pictures, as the last batches needed them. */
  secondCalls: SecondCalls;
  /** No call leaves until an operator has mended something, as with a wrong key: how long that takes is nobody's to say. */
  isStopped: boolean;
};

/** A picture needs about this long beside its call: download, finishing, upload. */
const OTHER_SECONDS = { low: 1, high: 10 };
/** Time of a call before the first one was seen; the provider's own median is 16 s. */
const UNKNOWN_LATENCY_MS = { p50: 2000, p90: 35_000 };
/** Fewer calls, or pictures, than this say little about a pace. */
const LEAST_SEEN = 5;
/** Pictures that came back so long ago in calls were not waiting for their turn: finishing is what holds the batch up. */
const FINISHING_LAG_SECONDS = 15;
/** How far the pace of the rest may lie from what was seen, for reasons that nobody can know: workers are added, neighbours come. */
const CHANGE = { faster: 0.25, slower: 0.6 };

/**
 * How long until the batch ends, as a range. What is seen counts first: the batch's own pace, which holds whatever slows it
 * down (quota, suppliers, processors, neighbours). Before that, the slower of quota and what the fleet can finish. Low: the
 * batch has both to itself. High: it shares them with everything else that is queued (fair share lets each advance at the
 * same pace, so at most twice its own work lies in front of it), and one call in twenty has to be made again.
 */
export function estimateEta(input: EtaInput): Eta | null {
  if (input.picturesLeft === 0) return null;
  return (input.seen && fromSeen(input, input.seen)) ?? fromCapacity(input);
}

/**
 * From the calls that are left and the pace at which calls start, not from finished pictures: where each needs a second
 * call, a batch has half as many pictures as calls. Where the pace was another just now than over minutes, the range covers both. It
 * narrows with the square root of what was seen and of what is left, and no further than to what may change. The replays of
 * `bench -- eta` hold it to the truth in nine of ten.
 */
function fromSeen(input: EtaInput, { overall, lately }: SeenPace): Eta | null {
  const counted = overall.calls >= LEAST_SEEN ? 'calls' : 'pictures';
  if (overall[counted] < LEAST_SEEN) return null;
  const spans = lately[counted] >= LEAST_SEEN ? [overall, lately] : [overall];
  const { low, likely, high } = leftOf(input, counted);
  const noise = 1 / Math.sqrt(Math.max(1, Math.min(overall[counted], likely)));
  const secondsFor = (units: number) =>
    spans.map((span) =>
      Math.max((units * span.seconds) / span[counted], secondsToFinish(input.work, units, span)),
    );
  const latency = input.latencyMs ?? UNKNOWN_LATENCY_MS;
  const shortest = Math.min(...secondsFor(low)) * (1 - Math.min(0.7, CHANGE.faster + noise));
  const longest = Math.max(...secondsFor(high)) * (1 + CHANGE.slower + 1.6 * Math.min(0.45, noise));
  return {
    lowSeconds: Math.max(1, Math.round(shortest)),
    highSeconds: Math.round(longest + latency.p90 / 1000 + OTHER_SECONDS.high),
  };
}

function leftOf({ work, picturesLeft }: EtaInput, counted: 'calls' | 'pictures'): WorkLeft['calls'] {
  return counted === 'calls' ? work.calls : { low: picturesLeft, likely: picturesLeft, high: picturesLeft };
}

/** Where pictures come back faster than they are finished; nothing where finishing keeps up. */
function secondsToFinish({ unfinished }: WorkLeft, units: number, span: SeenSpan): number {
  const finished = Math.max(span.pictures, span.ended);
  const isBehind = unfinished > LEAST_SEEN + (FINISHING_LAG_SECONDS * span.calls) / span.seconds;
  return isBehind && finished > 0 ? ((unfinished + units) * span.seconds) / finished : 0;
}

function fromCapacity(input: EtaInput): Eta {
  const { picturesLeft, fleetPerMinute } = input;
  const { low: fewest, high: most } = input.work.calls;
  const latency = most === 0 ? { p50: 0, p90: 0 } : (input.latencyMs ?? UNKNOWN_LATENCY_MS);
  const callsPerSecond = input.callsPerMinute / 60;
  const share = (left: number) => left + Math.min(left, input.callsLeftElsewhere);
  const low = Math.max(fewest / callsPerSecond, (picturesLeft * 60) / fleetPerMinute.high);
  const high = Math.max(
    (share(most) * 1.05) / (callsPerSecond * 0.95),
    (share(picturesLeft) * 60) / fleetPerMinute.low,
  );
  // A second call begins when the first one has come back: a batch that ends with one takes so much longer.
  const rounds = { low: fewest > picturesLeft ? 2 : 1, high: most > picturesLeft ? 2 : 1 };
  return {
    lowSeconds: Math.round(low + (rounds.low * latency.p50) / 1000 + OTHER_SECONDS.low),
    highSeconds: Math.round(high + (rounds.high * latency.p90) / 1000 + OTHER_SECONDS.high),
  };
}
