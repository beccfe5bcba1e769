import type { BatchView, SkuState } from '@image-studio/contract';
import type { PaceSample } from './pace.ts';
import type { SkuBrief } from './sku-brief.ts';

/** What the list of SKUs is narrowed to; the same fields as the query of `GET /batches/:id/skus`. */
export interface SkuFilter {
  state?: SkuState;
  /** Code of a failure. */
  reason?: string;
  /** Name of a check that did not pass. */
  rule?: string;
  /** Part of the SKU's code. */
  q?: string;
}

/** A SKU as it was last told, and when. */
export interface KnownSku {
  sku: SkuBrief;
  /** `BatchState.epoch` of that time: what is older than the present one may have changed unnoticed. */
  epoch: number;
  /** Which of the SKU events told it; 0 for a page. A page that was asked for before it cannot undo it. */
  news: number;
}

/** All that the page of one batch knows. Changed only by the functions beside this file. */
export interface BatchState {
  batch: BatchView;
  /** Every change up to here has been applied to the SKUs; a reconnect asks for what came after. */
  seq: number;
  /** Newest change seen in the batch's own numbers, which may run ahead of `seq`. */
  progressSeq: number;
  /** What is known of each SKU, by its index; holes are SKUs that nobody has asked for yet. */
  skus: readonly (KnownSku | undefined)[];
  /** How many SKU events have been applied. */
  news: number;
  /** Raised whenever changes may have been missed. */
  epoch: number;
  filter: SkuFilter;
  /** Below this index everything that matches the filter has been read in this epoch; infinite at the list's end. */
  frontier: number;
  /** How far the filtered list was shown before the epoch was raised: it stays on the screen until it is read again. */
  shownFrontier: number;
  pace: readonly PaceSample[];
}
