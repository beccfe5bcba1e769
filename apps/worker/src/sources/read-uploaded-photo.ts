import { StageError, say } from '@image-studio/contract';
import type { SourceRef } from '@image-studio/planning';
import { type ObjectStore, uploadKey } from '@image-studio/storage';
import type { ByteBudget } from './byte-budget.ts';
import type { HeldPhoto } from './download.ts';

const PHOTO = /^photo:([0-9a-f]{64})$/;

/** The digest of the uploaded photo that an address names; `undefined` for one that is to be downloaded. */
export function uploadedDigest(address: string): string | undefined {
  return PHOTO.exec(address)?.[1];
}

/**
 * Reads a photo that a client has uploaded, as if it had been downloaded. Its bytes count against `memory` until `release`.
 * Rejects with `SOURCE_NOT_FOUND` when this tenant has no such photo any more, as the store does, or with the signal's reason.
 */
export async function readUploadedPhoto(
  { store, memory }: { store: Pick<ObjectStore, 'head' | 'get'>; memory: ByteBudget },
  { url, name, stem }: SourceRef,
  { sha256, tenant, signal }: { sha256: string; tenant: string; signal: AbortSignal },
): Promise<HeldPhoto> {
  const key = uploadKey(tenant, sha256);
  const stored = await store.head(key);
  if (stored === null) throw notKept(url);
  const { grow, release } = memory.open();
  try {
    await grow(stored.bytes, signal);
    const data = await store.get(key, { signal, maxBytes: stored.bytes });
    if (data === null) throw notKept(url);
    return { photo: { url, name, stem, data }, release };
  } catch (error) {
    release();
    throw error;
  }
}

function notKept(url: string): StageError {
  const name = url.slice(0, 18);
  const message = say`the uploaded photo ${name}… is not kept any more; upload it again and retry`;
  return new StageError('SOURCE_NOT_FOUND', message, { verdict: 'fail' });
}
