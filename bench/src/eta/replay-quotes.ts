import {
  estimateEta,
  fleetPace,
  percentiles,
  secondCalls,
  withSecondCalls,
  workersPace,
} from '@image-studio/queue';
import { type Circumstances, type PlayedBatch, playBatch } from './play-batch.ts';

/** So many fleets of each kind, and so many batches that each makes one after the other. */
const FLEETS = 30;
const BATCHES = 14;
/** The quotes of the first ones are asked of a fleet that knows nothing yet; they are a kind of their own. */
const TAUGHT = 4;
const MINUTE = 60;
/** What a quota brings when nothing else slows a batch down. */
const USED = 0.97;

/** Circumstances of one batch of a fleet with so many calls a minute. */
type Kind = (random: () => number, callsPerMinute: number) => Partial<Circumstances>;

const KINDS: Record<string, Kind> = {
  'the quota is what limits it': () => ({}),
  'three of ten need a second call': () => ({ again: 0.3 }),
  'each needs a second call': () => ({ again: 1 }),
  'second calls differ from batch to batch': (random) => ({ again: random() * 0.6 }),
  'suppliers slow it to half of the quota': (_, calls) => ({
    pace: () => (calls / MINUTE) * 0.5,
    swing: 0.3,
  }),
  'pictures finished at half the pace of calls': (random, calls) => ({
    finishing: (calls / MINUTE) * (0.4 + 0.2 * random()),
  }),
  'small batches, two of ten need a second call': (random) => ({
    skus: 5 + Math.floor(random() * 45),
    again: 0.2,
  }),
};

/** How often the range of a quote held how long the batch then took, and how wide it was over that. */
export function replayQuotes(random: () => number): { held: number; cells: Record<string, unknown> }[] {
  const taught = Object.entries(KINDS).map(([kind, of]) => {
    const quotes = Array.from({ length: FLEETS }, () => playFleet(random, of).slice(TAUGHT)).flat();
    return rowOf(kind, quotes);
  });
  const firsts = Array.from({ length: FLEETS * 4 }, () =>
    playFleet(random, (next) => ({ again: next() * 0.3 }), 1),
  ).flat();
  return [...taught, rowOf('the first batch of a fleet, up to three of ten', firsts)];
}

interface Quote {
  held: boolean;
  width: number;
}

function rowOf(kind: string, quotes: readonly Quote[]): { held: number; cells: Record<string, unknown> } {
  const held = quotes.filter((one) => one.held).length / quotes.length;
  const widths = quotes.map(({ width }) => width).sort((a, b) => a - b);
  return {
    held,
    cells: {
      kind,
      quotes: quotes.length,
      held: held.toFixed(3),
      'width / truth': (widths[Math.floor(widths.length / 2)] ?? 0).toFixed(2),
    },
  };
}

/** What a fleet remembers of its batches. */
interface Memory {
  latencies: number[];
  throughput: Record<string, string>;
  again: number[];
}

/** Quotes each batch of a fleet before it is made, one after the other. */
function playFleet(random: () => number, kind: Kind, batches = BATCHES): Quote[] {
  const callsPerMinute = 20 + Math.floor(random() * 180);
  const memory: Memory = { latencies: [], throughput: {}, again: [] };
  let clock = 1_700_000_000;
  return Array.from({ length: batches }, () => {
    const batch = playBatch(random, {
      skus: 100 + Math.floor(random() * 900),
      pace: () => (callsPerMinute / MINUTE) * USED,
      again: 0,
      // As many as are in work at once: a minute and a half of quota.
      ready: Math.max(100, Math.round(callsPerMinute * 1.5)),
      finishing: 100,
      isEven: true,
      swing: 0.02,
      ...kind(random, callsPerMinute),
    });
    const quote = quoteOf(memory, callsPerMinute, batch);
    remember(memory, batch, clock);
    clock += (batch.ended.at(-1) ?? 0) + 3600;
    return quote;
  });
}

/** As `estimate` of the queue's quota control. */
function quoteOf(memory: Memory, callsPerMinute: number, { skus, ended }: PlayedBatch): Quote {
  const eta = estimateEta({
    picturesLeft: skus,
    work: { calls: withSecondCalls(skus, secondCalls(memory.again)), unfinished: 0 },
    callsLeftElsewhere: 0,
    callsPerMinute,
    latencyMs: percentiles(memory.latencies),
    // Two cores that finish a picture in half a second to a second.
    fleetPerMinute:
      fleetPace(memory.throughput) ??
      workersPace([{ host: 'a', capacity: { cpus: 2, aiConcurrency: 32, cpuMsPerPicture: 700 } }]),
    seen: null,
  });
  const took = ended.at(-1) ?? 0;
  const { lowSeconds = 0, highSeconds = 0 } = eta ?? {};
  return { held: lowSeconds <= took && took <= highSeconds, width: (highSeconds - lowSeconds) / took };
}

/** As Redis keeps it: times of the last 200 calls, pictures of each minute while SKUs waited, second calls of the last 50 batches. */
function remember(memory: Memory, batch: PlayedBatch, clock: number): void {
  memory.latencies = [...memory.latencies, ...batch.answered.map(({ ms }) => ms)].slice(-200);
  memory.again = [batch.askedAgain.length / batch.skus, ...memory.again].slice(0, 50);
  for (const time of batch.listed) {
    if (time > batch.allBegun) continue;
    const minute = String(Math.floor((clock + time) / MINUTE) * MINUTE);
    memory.throughput[minute] = String(Number(memory.throughput[minute] ?? 0) + 1);
  }
}
