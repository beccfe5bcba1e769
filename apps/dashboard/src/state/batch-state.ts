import type { BatchView, SkuState, SkuView } from '@image-studio/contract';
import type { PaceSample } from './pace.ts';

/** What the list of SKUs is narrowed to; the same fields as the query of `GET /batches/:id/skus`. */
export interface SkuFilter {
  state?: SkuState;
  reason?: string;
  q?: string;
}

/** All that the page of one batch knows. Changed only by the functions beside this file. */
export interface BatchState {
  batch: BatchView;
  /** Every change up to here has been applied to the SKUs; a reconnect asks for what came after. */
  seq: number;
  /** Newest change seen in the batch's own numbers, which may run ahead of `seq`. */
  progressSeq: number;
  skus: ReadonlyMap<string, SkuView>;
  /** How many SKU events have been applied. */
  news: number;
  /** Which of them last changed a SKU, so that a page that was asked for before it cannot undo it. */
  changedAt: ReadonlyMap<string, number>;
  filter: SkuFilter;
  /** Codes of the listed SKUs, in the order of submission; `null` until the first page is there. */
  order: readonly string[] | null;
  nextCursor: string | null;
  /** The list has to be read again: a snapshot has replaced what it was made of. */
  stale: boolean;
  pace: readonly PaceSample[];
}
