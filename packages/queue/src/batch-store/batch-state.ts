import type {
  BatchOptions,
  BatchView,
  Decision,
  SkuInput,
  SkuRecord,
  SkuState,
} from '@image-studio/contract';

/** One batch as the store knows it: the public view and what only the inside needs. */
export interface BatchState extends Omit<BatchView, 'links'> {
  tenant: string;
  options: BatchOptions;
  /** Who submitted it; nobody is named where no keys are configured. */
  by?: string;
}

/** One SKU: what was submitted, where it stands, what became of it. */
export interface SkuEntry {
  index: number;
  input: SkuInput;
  state: SkuState;
  record: SkuRecord;
  /** Who decided what, newest last; of one SKU that is asked for by name. */
  decisions?: Decision[];
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** The batch was deleted while it was read. */
export class BatchGone extends Error {
  override readonly name = 'BatchGone';
}
