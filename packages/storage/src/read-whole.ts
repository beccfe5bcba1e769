import type { FileHandle } from 'node:fs/promises';

/** Most that is read at once: a signal is looked at in between. */
const PIECE_BYTES = 16 * 1024 * 1024;

/**
 * Reads a file of a known size into one buffer. `FileHandle.readFile` reads 512 KB at a time and joins the pieces: for a photo
 * of 3 MB that took 8 ms of CPU, this 1 ms. A file that has become shorter gives what is there.
 */
export async function readWhole(file: FileHandle, bytes: number, signal?: AbortSignal): Promise<Buffer> {
  const data = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  while (at < bytes) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(data, at, Math.min(bytes - at, PIECE_BYTES), at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return data.subarray(0, at);
}
