import type { BatchView, HistoryBucket } from '@image-studio/contract';

/** How many finished pictures the batch had at a moment. */
export interface PaceSample {
  atMs: number;
  pictures: number;
}

/** The window of the rate. A minute, like the quota that bounds it. */
const WINDOW_MS = 60_000;
/** Below this a rate is noise: the first pictures of a batch would read as hundreds a minute. */
const SHORTEST_MS = 5_000;

/** Adds a sample and drops what has left the window, keeping one older sample as its edge. */
export function addPaceSample(
  samples: readonly PaceSample[],
  { done }: BatchView['images'],
  atMs: number,
): readonly PaceSample[] {
  const edge = samples.findLastIndex((sample) => sample.atMs <= atMs - WINDOW_MS);
  return [...samples.slice(Math.max(0, edge)), { atMs, pictures: done }];
}

/** Pictures a minute over the last minute, or `null` while too little has been seen to say. */
export function imagesPerMinute(samples: readonly PaceSample[], nowMs: number): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || nowMs - first.atMs < SHORTEST_MS) return null;
  return ((last.pictures - first.pictures) * 60_000) / (nowMs - first.atMs);
}

/** The same, of what the server remembers: for a page that has only just begun to watch. */
export function rememberedPace(history: readonly HistoryBucket[], nowMs: number): number | null {
  const recent = history.filter(({ at, seconds }) => Date.parse(at) + seconds * 1_000 > nowMs - WINDOW_MS);
  const first = recent[0];
  if (!first) return null;
  const spanMs = Math.max(SHORTEST_MS, nowMs - Date.parse(first.at));
  return (recent.reduce((sum, { images }) => sum + images, 0) * 60_000) / spanMs;
}
