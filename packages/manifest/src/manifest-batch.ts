import type { BatchOptions, BatchView, SkuInput, SkuRecord, SkuState } from '@image-studio/contract';

/** An attribute as a column of the client's: as it was headed in the submitted table, and its name in `attributes`. */
export interface AttributeColumn {
  heading: string;
  name: string;
}

/** What a manifest says of its batch. */
export interface ManifestBatch
  extends Pick<
    BatchView,
    'id' | 'name' | 'status' | 'counts' | 'images' | 'calls' | 'costUsd' | 'seq' | 'createdAt' | 'finishedAt'
  > {
  options: Pick<BatchOptions, 'profile' | 'model'>;
}

/** One SKU as the batch store knows it. */
export interface ManifestSku {
  index: number;
  input: SkuInput;
  state: SkuState;
  record: SkuRecord;
}

/** Makes the address of an object, where there is one that does not expire or whose reader wants it now. */
export type LinkOf = (key: string) => Promise<string | null>;

/** Everything that a manifest is made of. `skus` is read once, and never held as a whole. */
export interface ManifestSource {
  batch: ManifestBatch;
  columns: readonly AttributeColumn[];
  skus: AsyncIterable<ManifestSku>;
  linkOf: LinkOf;
}
