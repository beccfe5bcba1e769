import { StageError, type StoredInput } from '@image-studio/contract';
import type { ObjectStore } from '@image-studio/storage';

/** It has expired, or somebody deleted it: its SKU prepares it anew. */
export class PhotoGone extends StageError {
  constructor(key: string) {
    super('STORE_UNAVAILABLE', `the prepared photo ${key} is gone from the object store`, {
      verdict: 'retry',
    });
  }
}

/** The prepared photos of a call, in its order. Throws `PhotoGone` when one is not there. */
export function readInputs(
  store: ObjectStore,
  inputs: readonly StoredInput[],
  signal: AbortSignal,
): Promise<{ mime: string; data: Buffer }[]> {
  return Promise.all(
    inputs.map(async ({ key, mime }) => {
      const bytes = await store.get(key, { signal });
      if (bytes) return { mime, data: bytes };
      throw new PhotoGone(key);
    }),
  );
}
