import type { BatchSummary, BatchView, Eta, HistoryBucket } from '@image-studio/contract';
import { estimateEta, seenPace, workLeft } from '@image-studio/queue';
import { type Circumstances, countUntil, type PlayedBatch, playBatch } from './eta/play-batch.ts';
import { replayQuotes } from './eta/replay-quotes.ts';
import type { Verdict } from './images/verdict.ts';

/** So many batches of each kind. */
const REPLAYS = 300;
/** Shares of its calls at whose start a batch is asked how long it takes. */
const SHARES = [0.1, 0.3, 0.5, 0.7, 0.9];
/** The share of the ranges of each kind that has to hold the truth. */
const LEAST_HELD = 0.9;
const BUCKET_SECONDS = 10;

/**
 * Replays histories of batches and asks on the way how long the rest takes: made-up ones, or with `--url http://…` those of
 * the ended batches that a running studio knows. Prints how often the range held the truth, and how wide it was; exits 1 when a kind was
 * held in less than nine of ten.
 */
export async function benchEta(args: string[]): Promise<void> {
  const url = args[args.indexOf('--url') + 1];
  const histories = args.includes('--url') && url ? await fetchBatches(url) : madeUp();
  const rows = Object.entries(histories).map(([kind, batches]) => rowOf(kind, batches));
  console.table(rows.map(({ cells }) => cells));
  const verdicts = [verdictOf('time left', rows)];
  if (url === undefined || !args.includes('--url')) {
    const quotes = replayQuotes(randomFrom(20261129));
    console.table(quotes.map(({ cells }) => cells));
    verdicts.push(verdictOf('quote', quotes));
  }
  console.table(verdicts);
  if (verdicts.some(({ met }) => !met)) process.exitCode = 1;
}

function verdictOf(what: string, rows: readonly { held: number }[]): Verdict {
  const worst = rows.length === 0 ? undefined : Math.min(...rows.map(({ held }) => held));
  return {
    target: `${what}: the range holds the truth in nine of ten, in each kind`,
    measured: worst === undefined ? 'no batch to replay' : `${(worst * 100).toFixed(1)} % or more`,
    met: worst === undefined || worst >= LEAST_HELD,
  };
}

function rowOf(kind: string, batches: PlayedBatch[]): { held: number; cells: Record<string, unknown> } {
  const asked = SHARES.map((share) => batches.flatMap((batch) => ask(batch, share) ?? []));
  const heldOf = (answers: Answer[]) =>
    answers.length === 0 ? 1 : answers.filter(({ held }) => held).length / answers.length;
  const widths = asked.flatMap((answers) => answers.map(({ width }) => width)).sort((a, b) => a - b);
  const held = heldOf(asked.flat());
  return {
    held,
    cells: {
      kind,
      batches: batches.length,
      ...Object.fromEntries(
        SHARES.map((share, n) => [`at ${share * 100} %`, heldOf(asked[n] ?? []).toFixed(3)]),
      ),
      held: held.toFixed(3),
      'width / truth': (widths[Math.floor(widths.length / 2)] ?? 0).toFixed(2),
    },
  };
}

interface Answer {
  held: boolean;
  /** Of the range, in lengths of what was left in truth. */
  width: number;
}

/** How the range that is told at this share of the way compares to what was left; `null` where nothing is left. */
function ask(batch: PlayedBatch, share: number): Answer | null {
  const now = batch.started[Math.floor(batch.started.length * share) - 1];
  const end = batch.ended.at(-1);
  if (now === undefined || end === undefined || end <= now) return null;
  const eta = etaAt(batch, now);
  if (eta === null) return null;
  const left = end - now;
  return {
    held: eta.lowSeconds <= left && left <= eta.highSeconds,
    width: (eta.highSeconds - eta.lowSeconds) / left,
  };
}

/** As the batch would tell it, which knows of itself what Redis keeps. */
function etaAt(batch: PlayedBatch, now: number): Eta | null {
  const until = (times: readonly number[]) => countUntil(times, now);
  const [calls, listed, ended, asked] = [
    until(batch.started),
    until(batch.listed),
    until(batch.ended),
    until(batch.askedAgain),
  ];
  const answered = batch.answered.slice(0, until(batch.answered.map(({ at }) => at)));
  const latencies = answered
    .slice(-200)
    .map(({ ms }) => ms)
    .sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)];
  const latencyMs = latencies.length === 0 ? null : { p50: at(0.5) ?? 0, p90: at(0.9) ?? 0 };
  const seen = seenPace(bucketsOf(batch, now), now);
  const picturesLeft = batch.skus - ended;
  return estimateEta({
    picturesLeft,
    work: workLeft({
      pictures: picturesLeft,
      listed: listed - ended,
      listedEver: listed,
      calls,
      reused: 0,
      again: { ever: asked, open: asked - until(batch.listedAgain) },
      seen,
      latencyMs,
    }),
    callsLeftElsewhere: 0,
    callsPerMinute: 6000,
    latencyMs,
    fleetPerMinute: { low: 60, high: 600 },
    seen,
  });
}

/** As a batch's history is kept. */
function bucketsOf(batch: PlayedBatch, now: number): HistoryBucket[] {
  const buckets = new Map<number, HistoryBucket>();
  const tally = (times: readonly number[], field: 'calls' | 'images' | 'done') => {
    for (const time of times.slice(0, countUntil(times, now))) {
      const start = Math.floor(time / BUCKET_SECONDS) * BUCKET_SECONDS;
      const bucket = buckets.get(start) ?? {
        at: new Date(start * 1000).toISOString(),
        seconds: BUCKET_SECONDS,
        ...{ done: 0, failed: 0, images: 0, calls: 0, callsFailed: 0 },
      };
      bucket[field] += 1;
      buckets.set(start, bucket);
    }
  };
  tally(batch.started, 'calls');
  tally(batch.listed, 'images');
  tally(batch.ended, 'done');
  return [...buckets].sort(([a], [b]) => a - b).map(([, bucket]) => bucket);
}

/** What is otherwise than in a batch whose calls start at an even pace and bring what was asked for. */
const KINDS: Record<string, (base: number) => Partial<Circumstances>> = {
  'an even pace': () => ({}),
  'a slow start': (base) => ({ pace: (seconds) => base * Math.min(1, 0.3 + seconds / 60) }),
  'suppliers slow now and then': (base) => ({
    pace: (seconds) => base * (Math.floor(seconds / 60) % 5 === 4 ? 0.4 : 1),
  }),
  'a slow supplier for a tenth of the batch': (base) => ({
    pace: (_, share) => base * (share > 0.45 && share < 0.55 ? 0.3 : 1),
  }),
  'pictures finished at half the pace of calls': (base) => ({ finishing: base * 0.5 }),
  'three of ten need a second call': () => ({ again: 0.3 }),
  'three of ten need one, 50 SKUs ready at a time': () => ({ again: 0.3, ready: 50 }),
  'each needs a second call': () => ({ again: 1 }),
  'a neighbour for the second half': (base) => ({ pace: (_, share) => base * (share > 0.5 ? 0.6 : 1) }),
  'a second worker at a third of the way': (base) => ({
    pace: (_, share) => base * (share > 0.33 ? 1.5 : 1),
  }),
};

function madeUp(): Record<string, PlayedBatch[]> {
  return Object.fromEntries(
    Object.entries(KINDS).map(([kind, otherwise], place) => {
      // Each kind has numbers of its own: a change of one leaves the others as they are.
      const random = randomFrom(20261128 + 104_729 * place);
      const batches = Array.from({ length: REPLAYS }, () => {
        const skus = 100 + Math.floor(random() * 900);
        const base = 0.1 + random() * 3;
        const even = {
          skus,
          pace: () => base,
          again: 0,
          ready: skus,
          finishing: 100,
          isEven: false,
          swing: 0.3,
        };
        return playBatch(random, { ...even, ...otherwise(base) });
      });
      return [kind, batches];
    }),
  );
}

/** Ended batches of a running studio; what happened in a bucket is spread over it. */
async function fetchBatches(url: string): Promise<Record<string, PlayedBatch[]>> {
  const headers = process.env.STUDIO_KEY ? { authorization: `Bearer ${process.env.STUDIO_KEY}` } : {};
  const get = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${url}/api/v1/${path}`, { headers })).json()) as T;
  const { items } = await get<{ items: BatchView[] }>('batches?limit=100');
  const ended = items.filter(({ finishedAt }) => finishedAt !== null);
  const batches = await Promise.all(
    ended.map(async ({ id }) => spread(await get<BatchSummary>(`batches/${id}/summary`))),
  );
  return { 'as they were': batches.filter(({ skus }) => skus >= 20) };
}

/** Pictures are taken to be asked for again evenly, as many as calls were made beyond one a picture. */
function spread({ history, stages }: BatchSummary): PlayedBatch {
  const callMs = stages.find(({ stage }) => stage === 'generate')?.p50Ms;
  const start = Date.parse(history[0]?.at ?? '') / 1000;
  const timesOf = (count: (bucket: HistoryBucket) => number) =>
    history.flatMap((bucket) => {
      const number = Math.max(0, count(bucket));
      const from = Date.parse(bucket.at) / 1000 - start;
      return Array.from({ length: number }, (_, n) => from + ((n + 0.5) * bucket.seconds) / number);
    });
  const started = timesOf(({ calls, callsFailed }) => calls - callsFailed);
  const listed = timesOf(({ images }) => images);
  const ended = timesOf(({ done, failed }) => done + failed);
  const again = Math.max(0, started.length - listed.length);
  const every = (times: readonly number[]) =>
    Array.from({ length: again }, (_, n) => times[Math.floor((n * times.length) / again)] ?? 0);
  return {
    skus: ended.length,
    started,
    answered: callMs ? started.map((at) => ({ at, ms: callMs })) : [],
    listed,
    askedAgain: every(listed),
    listedAgain: every(ended),
    ended,
    allBegun: ended.at(-1) ?? 0,
  };
}

/** The same numbers each time (a linear congruence): what differs between two runs is the estimate. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4_294_967_296;
  };
}
