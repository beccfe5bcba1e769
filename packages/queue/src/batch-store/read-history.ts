import type { BatchSummary } from '@image-studio/contract';

/** What happened in a batch when, oldest first, from its hash (`<b>:history`; see `tally.lua.ts`). */
export function readHistory({ seconds = '10', ...buckets }: Record<string, string>): BatchSummary['history'] {
  return Object.entries(buckets)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([at, sums]) => {
      const [done = 0, failed = 0, images = 0, calls = 0, callsFailed = 0] = sums.split(' ').map(Number);
      const start = new Date(Number(at) * 1000).toISOString();
      return { at: start, seconds: Number(seconds), done, failed, images, calls, callsFailed };
    });
}
