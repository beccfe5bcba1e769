import type { BatchSummary, BatchView } from '@image-studio/contract';
import { estimateEta, seenPace } from '@image-studio/queue';
import type { Verdict } from './images/verdict.ts';

/** When each picture of a batch was finished, in seconds since its start, ascending. */
type History = number[];

/** So many batches of each kind. */
const REPLAYS = 300;
/** Where on its way a batch is asked how long it takes. */
const SHARES = [0.1, 0.3, 0.5, 0.7, 0.9];
/** Kinds whose pace changes on the way for a reason that lies outside of the batch: printed, and held to nothing. */
const UNFORESEEN = new Set(['a neighbour for the second half', 'a second worker at a third of the way']);
/** The share of all other ranges that has to hold the truth. */
const LEAST_HELD = 0.9;
const BUCKET_SECONDS = 10;

/**
 * Replays histories of batches and asks on the way how long the rest takes: made-up ones, or with `--url http://…` those of
 * the ended batches that a running studio knows. Prints how often the range held the truth; exits 1 when that is less than
 * nine times of ten.
 */
export async function benchEta(args: string[]): Promise<void> {
  const url = args[args.indexOf('--url') + 1];
  const histories = args.includes('--url') && url ? await fetchHistories(url) : madeUp();
  const rows: Record<string, unknown>[] = [];
  let [held, asked] = [0, 0];
  for (const [kind, batches] of Object.entries(histories)) {
    const row: Record<string, unknown> = { batches: batches.length };
    for (const share of SHARES) {
      const outcomes = batches.flatMap((history) => holds(history, share) ?? []);
      const hits = outcomes.filter(Boolean).length;
      if (!UNFORESEEN.has(kind)) {
        held += hits;
        asked += outcomes.length;
      }
      row[`at ${share * 100} %`] = outcomes.length === 0 ? '–' : (hits / outcomes.length).toFixed(3);
    }
    rows.push({ kind, ...row });
  }
  console.table(rows);
  const verdict: Verdict = {
    target: 'the range holds the truth in nine of ten',
    measured: asked === 0 ? 'no batch to replay' : `${((held / asked) * 100).toFixed(1)} % of ${asked}`,
    met: held >= LEAST_HELD * asked,
  };
  console.table([verdict]);
  if (!verdict.met) process.exitCode = 1;
}

/** Whether the range that is told at this share of the way holds what was left; `null` where nothing is told from what was seen. */
function holds(history: History, share: number): boolean | null {
  const done = Math.floor(history.length * share);
  const now = history[done - 1];
  const end = history.at(-1);
  if (now === undefined || end === undefined || done === history.length) return null;
  const eta = estimateEta({
    picturesLeft: history.length - done,
    callsLeft: history.length - done,
    callsLeftElsewhere: 0,
    callsPerMinute: 6000,
    latencyMs: null,
    fleetPerMinute: { low: 60, high: 600 },
    seen: seenPace(bucketsOf(history.slice(0, done)), now),
  });
  const left = end - now;
  return eta && eta.lowSeconds <= left && left <= eta.highSeconds;
}

/** As a batch's history is kept. */
function bucketsOf(history: History): { at: string; seconds: number; images: number }[] {
  const counts = new Map<number, number>();
  for (const at of history) {
    const start = Math.floor(at / BUCKET_SECONDS) * BUCKET_SECONDS;
    counts.set(start, (counts.get(start) ?? 0) + 1);
  }
  return [...counts].map(([at, images]) => ({
    at: new Date(at * 1000).toISOString(),
    seconds: BUCKET_SECONDS,
    images,
  }));
}

/** What batches are like: how many pictures a second at a given time and share of the way. Of the last two nobody can know what comes. */
const KINDS: Record<string, (base: number) => (seconds: number, share: number) => number> = {
  'an even pace': (base) => () => base,
  'a slow start': (base) => (seconds) => base * Math.min(1, 0.3 + seconds / 60),
  'suppliers slow now and then': (base) => (seconds) => base * (Math.floor(seconds / 60) % 5 === 4 ? 0.4 : 1),
  'a neighbour for the second half': (base) => (_, share) => base * (share > 0.5 ? 0.6 : 1),
  'a second worker at a third of the way': (base) => (_, share) => base * (share > 0.33 ? 1.5 : 1),
};

function madeUp(): Record<string, History[]> {
  const random = randomFrom(20261128);
  return Object.fromEntries(
    Object.entries(KINDS).map(([kind, paceOf]) => [
      kind,
      Array.from({ length: REPLAYS }, () => play(random, paceOf(0.1 + random() * 3))),
    ]),
  );
}

/** Pictures come at random around the pace, which goes up and down by 30 % in spells of two minutes. */
function play(random: () => number, pace: (seconds: number, share: number) => number): History {
  const total = 100 + Math.floor(random() * 900);
  const history: History = [];
  let now = 3 + random() * 30;
  while (history.length < total) {
    const spell = 0.7 + random() * 0.6;
    for (const end = now + 120; now < end && history.length < total; ) {
      now += -Math.log(1 - random()) / (spell * pace(now, history.length / total));
      history.push(now);
    }
  }
  return history;
}

/** Ended batches of a running studio; pictures of a bucket are spread over it. */
async function fetchHistories(url: string): Promise<Record<string, History[]>> {
  const headers = process.env.STUDIO_KEY ? { authorization: `Bearer ${process.env.STUDIO_KEY}` } : {};
  const get = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${url}/api/v1/${path}`, { headers })).json()) as T;
  const { items } = await get<{ items: BatchView[] }>('batches?limit=100');
  const ended = items.filter(({ finishedAt }) => finishedAt !== null);
  const histories = await Promise.all(
    ended.map(async ({ id }) => {
      const { history } = await get<BatchSummary>(`batches/${id}/summary`);
      const start = Date.parse(history[0]?.at ?? '') / 1000;
      return history.flatMap(({ at, seconds, images }) =>
        Array.from(
          { length: images },
          (_, n) => Date.parse(at) / 1000 - start + ((n + 0.5) * seconds) / images,
        ),
      );
    }),
  );
  return { 'as they were': histories.filter(({ length }) => length >= 20) };
}

/** The same numbers each time (a linear congruence): what differs between two runs is the estimate. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4_294_967_296;
  };
}
