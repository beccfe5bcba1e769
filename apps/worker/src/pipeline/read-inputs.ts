import { StageError, type StoredInput } from '@image-studio/contract';
import type { ObjectStore } from '@image-studio/storage';

/** The prepared photos of a call, in its order. Throws `STORE_UNAVAILABLE` when one is gone: a retry prepares it anew. */
export function readInputs(
  store: ObjectStore,
  inputs: readonly StoredInput[],
  signal: AbortSignal,
): Promise<{ mime: string; data: Buffer }[]> {
  return Promise.all(
    inputs.map(async ({ key, mime }) => {
      const bytes = await store.get(key, { signal });
      if (bytes) return { mime, data: bytes };
      throw new StageError('STORE_UNAVAILABLE', `the prepared photo ${key} is gone from the object store`, {
        verdict: 'retry',
      });
    }),
  );
}
