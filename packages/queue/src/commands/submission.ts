import type { BatchOptions, BatchPlan, SkuInput } from '@image-studio/contract';
import type { AttributeColumn } from '../batch-store/attribute-columns.ts';

/** SKUs that come bit by bit, so that only a few of them are held at a time. */
export interface StreamedSkus {
  /** How many will come. */
  count: number;
  chunks: AsyncIterable<SkuInput[]>;
}

export interface Submission {
  /** From `newBatchId`, for a caller that has to know the id before; default: a new one. */
  id?: string;
  tenant: string;
  options: BatchOptions;
  /** What its calls are made with. Without one, each start of a SKU plans by its worker's defaults. */
  plan?: BatchPlan;
  skus: SkuInput[] | StreamedSkus;
  /** Places of the SKUs that are made first; then the batch waits for a person. Fewer than all. */
  sample?: readonly number[];
  /** With a sample: by which it is made again, one after the other, before the batch waits. */
  nextPlans?: readonly BatchPlan[];
  /** Attributes in the order and with the headings of the submitted table; default: as they come up, of streamed SKUs none. */
  columns?: AttributeColumn[];
  /** Who submits it, as decisions name who decides. */
  by?: string;
  /** Same key and same digest: the first batch is answered. Same key, other digest: `IdempotencyConflict`. */
  idempotency?: { key: string; bodySha256: string };
}

/** The `Idempotency-Key` was used before with another body. */
export class IdempotencyConflict extends Error {
  override readonly name = 'IdempotencyConflict';
}
