import { createHash } from 'node:crypto';
import { StageError } from '@image-studio/contract';
import type { PictureWork } from '@image-studio/imaging/pool';
import type { ObjectStore } from '@image-studio/storage';

/** Largest answer of a model that is read from the store; a 4K PNG is about 25 MB. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;

/** What was noted of a picture when it was stored; earlier versions noted only where. */
export interface StoredPicture {
  key: string;
  sha256?: string | undefined;
  bytes?: number | undefined;
}

export interface StoredPictureDeps {
  store: Pick<ObjectStore, 'get'>;
  pictures: Pick<PictureWork, 'inspect'>;
}

/** Size and digest (hex) of a picture, to tell it by when it comes back. */
export function identityOf(data: Buffer): { sha256: string; bytes: number } {
  return { sha256: createHash('sha256').update(data).digest('hex'), bytes: data.length };
}

/**
 * A model's picture as the store gives it back: with its type by content, or with the reason why it is not the one that was
 * stored. That a store has an object of that name says little: a disk that was full, a restored backup, a gateway that answers
 * everything.
 */
export async function readStoredPicture(
  { store, pictures }: StoredPictureDeps,
  { key, sha256, bytes }: StoredPicture,
  signal: AbortSignal,
): Promise<{ data: Buffer; mime?: string } | { fault: string }> {
  const data = await read(store, key, signal);
  if (data === null) return { fault: 'is gone from the object store' };
  if (data === 'large') return { fault: 'is larger in the object store than any picture' };
  if (bytes !== undefined && data.length !== bytes)
    return { fault: `has ${data.length} bytes in the object store instead of ${bytes}` };
  if (sha256 !== undefined)
    return identityOf(data).sha256 === sha256 ? { data } : { fault: 'has other bytes in the object store' };
  try {
    const { mime } = await pictures.inspect(data, signal);
    return { data, mime };
  } catch (error) {
    signal.throwIfAborted();
    // The child process could not look at it: that says nothing of the picture.
    if (error instanceof StageError) throw error;
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { fault: `cannot be decoded as the object store has it: ${reason}` };
  }
}

async function read(
  store: Pick<ObjectStore, 'get'>,
  key: string,
  signal: AbortSignal,
): Promise<Buffer | null | 'large'> {
  try {
    return await store.get(key, { signal, maxBytes: MAX_REPLY_BYTES });
  } catch (error) {
    if (error instanceof StageError && error.verdict === 'fail') return 'large';
    throw error;
  }
}
