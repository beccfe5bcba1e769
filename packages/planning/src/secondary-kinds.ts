import { type BatchOptions, imagesPerSku, SecondaryKind } from '@image-studio/contract';

/** The kinds asked for, or, for a bare count, the kinds in the order of the contract, from the start again. */
export function secondaryKinds(options: BatchOptions): SecondaryKind[] {
  if (options.secondary === false) return [];
  const kinds = options.secondary.kinds ?? SecondaryKind.options;
  const count = imagesPerSku({ ...options, main: false });
  return Array.from({ length: count }, (_, position) => kinds[position % kinds.length] as SecondaryKind);
}
