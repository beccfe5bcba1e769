import type { StoredInput } from '@image-studio/contract';
import type { SkuJob } from '@image-studio/queue';
import type { ObjectStore } from '@image-studio/storage';

/**
 * The photos of `urls` that an earlier start of the job, or one before a pause, prepared; none when one of them expired or
 * changed while the SKU waited for its calls (for a daily quota, or an operator): then all are prepared anew. Their digests,
 * and so what was paid for, stay the same unless the supplier has changed them.
 */
export async function loadSavedInputs(
  { step }: Pick<SkuJob, 'step'>,
  store: Pick<ObjectStore, 'head'>,
  urls: readonly string[],
): Promise<StoredInput[]> {
  const inputs = step?.inputs ?? [];
  // Somebody has given the SKU other photos meanwhile.
  if (inputs.some(({ source }, position) => source.url !== urls[position])) return [];
  const found = await Promise.all(inputs.map(({ key }) => store.head(key)));
  const isThere = inputs.every(({ bytes }, position) => found[position]?.bytes === bytes);
  return isThere ? inputs : [];
}
