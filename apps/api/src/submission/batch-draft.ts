import type { BatchOptions, SkuInput } from '@image-studio/contract';
import type { AttributeColumn } from '@image-studio/queue';

/** A submission that has been read and has the right shape, whatever format it came in. */
export interface BatchDraft {
  options: BatchOptions;
  skus: SkuInput[];
  /** Columns of the submitted table that are attributes; for the manifest. */
  columns?: AttributeColumn[];
  /** What idempotency compares. */
  bodySha256: string;
}
