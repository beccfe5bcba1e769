import type { BatchOptions } from './batch-request.ts';

/** Secondary pictures of a request that asks for some but gives neither kinds nor a count. */
const DEFAULT_SECONDARY_COUNT = 1;

/** Pictures that each SKU of a batch gets. */
export function imagesPerSku(options: Pick<BatchOptions, 'main' | 'secondary'>): number {
  const main = options.main === false ? 0 : 1;
  if (options.secondary === false) return main;
  return main + (options.secondary.count ?? options.secondary.kinds?.length ?? DEFAULT_SECONDARY_COUNT);
}
