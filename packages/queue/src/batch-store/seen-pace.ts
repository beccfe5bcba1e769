import type { HistoryBucket } from '@image-studio/contract';

/** Long enough to smooth a slow supplier, short enough to notice that a worker was added. */
const WINDOW_SECONDS = 300;
/** A batch in which nothing has been finished for so long was paused, or waited for quota: what was before says nothing. */
const GAP_SECONDS = 180;

/**
 * Pictures that a batch has finished lately and the seconds it took, from its history (oldest first) at `nowSeconds` (Unix).
 * `null` when nothing was finished within the window.
 */
export function seenPace(
  history: readonly Pick<HistoryBucket, 'at' | 'seconds' | 'images'>[],
  nowSeconds: number,
): { pictures: number; seconds: number } | null {
  let from = nowSeconds;
  let pictures = 0;
  for (let n = history.length - 1; n >= 0; n -= 1) {
    const { at, seconds, images } = history[n] as (typeof history)[number];
    const start = Date.parse(at) / 1000;
    const isOld = start + seconds < nowSeconds - Math.max(WINDOW_SECONDS, 5 * seconds);
    if (isOld || from - (start + seconds) > GAP_SECONDS) break;
    from = start;
    pictures += images;
  }
  return pictures === 0 ? null : { pictures, seconds: Math.max(1, nowSeconds - from) };
}
