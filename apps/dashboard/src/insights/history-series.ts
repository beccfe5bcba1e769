import type { HistoryBucket } from '@image-studio/contract';

/** Columns as uPlot wants them: seconds since 1970, SKUs finished and failed per minute. */
export interface HistorySeries {
  atSeconds: number[];
  donePerMinute: number[];
  failedPerMinute: number[];
}

/** Buckets as points of time. Buckets in which nothing happened are left out by the server; here they are zeros. */
export function historySeries(history: readonly HistoryBucket[]): HistorySeries {
  const series: HistorySeries = { atSeconds: [], donePerMinute: [], failedPerMinute: [] };
  let expected: number | null = null;
  for (const { at, seconds, done, failed } of history) {
    const start = Date.parse(at) / 1_000;
    if (expected !== null && start > expected) {
      // A flat line needs only its two ends.
      push(series, expected, 0, 0);
      if (start - seconds > expected) push(series, start - seconds, 0, 0);
    }
    push(series, start, (done * 60) / seconds, (failed * 60) / seconds);
    expected = start + seconds;
  }
  return series;
}

function push(series: HistorySeries, at: number, done: number, failed: number): void {
  series.atSeconds.push(at);
  series.donePerMinute.push(done);
  series.failedPerMinute.push(failed);
}
