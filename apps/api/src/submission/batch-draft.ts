import type { BatchOptions, SkuInput } from '@image-studio/contract';

/** A submission that has been read and has the right shape, whatever format it came in. */
export interface BatchDraft {
  options: BatchOptions;
  skus: SkuInput[];
  /** What idempotency compares. */
  bodySha256: string;
}
