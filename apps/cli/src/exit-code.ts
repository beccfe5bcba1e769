import type { BatchView } from '@image-studio/contract';

/** 0: all done; 1: SKUs failed or were cancelled; 2: nothing failed, and a person has to look at some, or at the sample. */
export function exitCodeOf({
  counts,
  status,
  pausedFor,
}: Pick<BatchView, 'counts' | 'status' | 'pausedFor'>): number {
  if (pausedFor === 'sample') return 2;
  if (counts.failed + counts.cancelled > 0 || status === 'cancelled') return 1;
  return counts.needsReview > 0 ? 2 : 0;
}
