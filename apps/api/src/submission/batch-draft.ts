import type { BatchOptions, PullSource, SkuInput } from '@image-studio/contract';
import type { AttributeColumn } from '@image-studio/queue';
import type { KeptTable } from '@image-studio/tables';
import type { Warning } from './warning.ts';

/** A submission that has been read and has the right shape, whatever format it came in. */
export interface BatchDraft {
  options: BatchOptions;
  skus: SkuInput[];
  /** Columns of the submitted table that are attributes; for the manifest. */
  columns?: AttributeColumn[];
  /** Whose table it was, and what a person should know of its reading. */
  table?: { dialect: string; warnings: Warning[] };
  /** The table itself, for exports. */
  kept?: KeptTable;
  /** Instead of SKUs: where they are to be fetched. */
  source?: PullSource;
  /** What idempotency compares. */
  bodySha256: string;
}

/** A submission that can be taken. */
export interface CheckedDraft extends BatchDraft {
  warnings: Warning[];
}
