import type { TimelineEntry } from '@image-studio/contract';

/** Where a stage's bar stands on a common scale, in percent. */
export interface TimelineBar {
  entry: TimelineEntry;
  startPercent: number;
  widthPercent: number;
}

/** A stage of a few milliseconds is still to be seen. */
const NARROWEST_PERCENT = 1;

/** Lays the stages of one SKU over the time from the first start to the last end. */
export function timelineBars(entries: readonly TimelineEntry[]): TimelineBar[] {
  const starts = entries.map(({ at }) => Date.parse(at));
  const first = Math.min(...starts);
  const last = Math.max(...entries.map(({ ms }, place) => (starts[place] ?? first) + ms));
  const span = Math.max(1, last - first);
  return entries.map((entry, place) => {
    const widthPercent = Math.max(NARROWEST_PERCENT, (entry.ms * 100) / span);
    const startPercent = (((starts[place] ?? first) - first) * 100) / span;
    return { entry, widthPercent, startPercent: Math.min(startPercent, 100 - widthPercent) };
  });
}
