import { StageError } from '@image-studio/contract';
import { checkWithin, type ObjectStore } from '@image-studio/storage';

/** Larger objects are no pictures of ours. */
const MAX_PICTURE_BYTES = 64 * 1024 * 1024;

export interface NamedPicture {
  /** Its path in the ZIP. */
  name: string;
  key: string;
  at: Date;
}

export interface ReadPicture extends NamedPicture {
  data: Buffer | null;
  /** Why there is no `data`. */
  fault: string;
  /** What the store threw, where another read might bring it. */
  error?: unknown;
}

/**
 * Reads a picture, or says why it cannot be had. Rejects when the store as a whole is away, which is asked when a read
 * fails or takes longer than `patienceMs`: after twice that at the latest, however long a read may wait.
 */
export async function readPicture(
  store: Pick<ObjectStore, 'get' | 'check'>,
  picture: NamedPicture,
  { patienceMs, leaving }: { patienceMs: number; leaving: AbortSignal },
): Promise<ReadPicture> {
  const { key } = picture;
  const away = new AbortController();
  const signal = AbortSignal.any([leaving, away.signal]);
  const timer = setTimeout(() => {
    checkWithin(store, patienceMs).catch((reason: unknown) => away.abort(reason));
  }, patienceMs);
  try {
    const data = await store.get(key, { maxBytes: MAX_PICTURE_BYTES, signal });
    return { ...picture, data, fault: `object ${key} is gone` };
  } catch (error) {
    signal.throwIfAborted();
    await checkWithin(store, patienceMs);
    const fault = error instanceof Error ? error.message : String(error);
    const isFinal = error instanceof StageError && error.verdict === 'fail';
    return { ...picture, data: null, fault, ...(!isFinal && { error }) };
  } finally {
    clearTimeout(timer);
  }
}
