import { createHash } from 'node:crypto';
import { StageError, type StoredInput } from '@image-studio/contract';
import type { ObjectStore } from '@image-studio/storage';

/** A prepared photo has expired, or somebody deleted it: its SKU prepares it anew. */
export class PhotoGone extends StageError {
  constructor(key: string) {
    super('STORE_UNAVAILABLE', `the prepared photo ${key} is gone from the object store`, {
      verdict: 'retry',
    });
  }
}

/**
 * The prepared photos of a call, in its order. Throws `PhotoGone` when one is not there, or is not the one that was stored: nobody
 * should pay for a picture of half a photo.
 */
export function readInputs(
  store: ObjectStore,
  inputs: readonly StoredInput[],
  signal: AbortSignal,
): Promise<{ mime: string; data: Buffer }[]> {
  return Promise.all(
    inputs.map(async ({ key, mime, sha256 }) => {
      const data = await store.get(key, { signal });
      if (data && createHash('sha256').update(data).digest('hex') === sha256) return { mime, data };
      // The next start of the SKU would take a photo that is left here for prepared.
      if (data) await store.delete(key);
      throw new PhotoGone(key);
    }),
  );
}
