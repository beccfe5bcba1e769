import type { HistoryBucket } from '@image-studio/contract';

/** Long enough to smooth a slow supplier. */
const WINDOW_SECONDS = 300;
/** Short enough to notice that a worker was added or that a neighbour came. */
const LATELY_SECONDS = 60;
/** A batch in which nothing has happened for so long was paused, or waited for quota: its pace before that tells nothing. */
const GAP_SECONDS = 180;

/** What a batch has done in the `seconds` before now. */
export interface SeenSpan {
  seconds: number;
  /** Calls that started and have not failed. */
  calls: number;
  /** Pictures that came to be listed, each once, whatever is asked for again. */
  pictures: number;
  /** SKUs that came to their end. */
  ended: number;
}

/** The pace of a batch: over minutes, and just now. */
export interface SeenPace {
  overall: SeenSpan;
  lately: SeenSpan;
}

type Bucket = HistoryBucket;

/**
 * What a batch has done lately, from its history (oldest first) at `nowSeconds` (Unix). `null` when nothing happened within the
 * window.
 */
export function seenPace(history: readonly Bucket[], nowSeconds: number): SeenPace | null {
  const overall = spanOf(history, nowSeconds, WINDOW_SECONDS);
  if (overall.calls + overall.pictures + overall.ended === 0) return null;
  return { overall, lately: spanOf(history, nowSeconds, LATELY_SECONDS) };
}

function spanOf(history: readonly Bucket[], nowSeconds: number, windowSeconds: number): SeenSpan {
  const sum = { calls: 0, pictures: 0, ended: 0 };
  let from = nowSeconds;
  for (let n = history.length - 1; n >= 0; n -= 1) {
    const { at, seconds, ...bucket } = history[n] as Bucket;
    const start = Date.parse(at) / 1000;
    const isOld = start + seconds < nowSeconds - Math.max(windowSeconds, 5 * seconds);
    if (isOld || from - (start + seconds) > GAP_SECONDS) break;
    from = start;
    sum.calls += bucket.calls - bucket.callsFailed;
    sum.pictures += bucket.images;
    sum.ended += bucket.done + bucket.failed;
  }
  return { ...sum, calls: Math.max(0, sum.calls), seconds: Math.max(1, nowSeconds - from) };
}
