import type { LocalFile } from './local-file.ts';

/** Larger files are no photos that the server takes; they are not read for this. */
const MOST_BYTES = 64 * 1024 * 1024;

/** The digest of a file; `null` where browsers make none, on pages that came without TLS, and for files that are too large. */
export async function sha256Of(file: LocalFile): Promise<string | null> {
  if (globalThis.crypto?.subtle === undefined || file.bytes > MOST_BYTES) return null;
  const content = await (await file.read()).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
