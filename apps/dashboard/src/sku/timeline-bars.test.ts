import type { TimelineEntry } from '@image-studio/contract';
import { expect, test } from '@jest/globals';
import { timelineBars } from './timeline-bars.ts';

function entry(stage: TimelineEntry['stage'], second: number, ms: number): TimelineEntry {
  return { stage, kind: 'main', at: new Date(second * 1_000).toISOString(), ms, attempt: 1 };
}

test('lays stages over the time they took, and keeps short ones visible and inside', () => {
  const bars = timelineBars([
    entry('download', 0, 2_000),
    entry('generate', 2, 8_000),
    entry('upload', 10, 0),
  ]);
  expect(bars.map(({ startPercent, widthPercent }) => [startPercent, widthPercent])).toEqual([
    [0, 20],
    [20, 80],
    [99, 1],
  ]);
});

test('has no bars for no stages', () => {
  expect(timelineBars([])).toEqual([]);
});
