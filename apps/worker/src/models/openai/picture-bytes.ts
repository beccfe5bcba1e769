import { unreadable } from '../answer/unreadable.ts';

interface PictureAccess {
  signal: AbortSignal;
  costUsd?: number;
  fetchPicture?: ((url: string, signal: AbortSignal) => Promise<Buffer>) | undefined;
}

/**
 * The bytes of a picture that an answer holds, or gives the address of. An address is fetched without the key, where
 * `fetchPicture` lets requests go. Rejects with `ModelError` `unreadable`: the picture is bought, and out of reach.
 */
export async function pictureBytes(
  picture: Buffer | { url: string },
  { signal, costUsd, fetchPicture }: PictureAccess,
): Promise<Buffer> {
  if (Buffer.isBuffer(picture)) return picture;
  const billed = { ...(costUsd !== undefined && { costUsd }), mayBeBought: true };
  const isWeb = /^https?:\/\//i.test(picture.url);
  if (!fetchPicture || !isWeb) throw unreadable('it gives only the address of a picture', billed);
  try {
    return await fetchPicture(picture.url, signal);
  } catch (cause) {
    signal.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw unreadable(`it gives the address of a picture: ${reason}`, billed);
  }
}
