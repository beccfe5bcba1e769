import type { SkuState } from '@image-studio/contract';

/** The six states, in the order of bars, filters and legends. Their counts add up to `total`. */
export const COUNTED_STATES = [
  'completed',
  'needsReview',
  'failed',
  'cancelled',
  'active',
  'waiting',
] as const satisfies readonly SkuState[];
