import type { Readable } from 'node:stream';

/** A body on its way into the store. */
export interface MeteredBody {
  /** The body's bytes; read them once. */
  chunks: AsyncGenerator<Buffer>;
  /** Bytes that have passed so far. */
  bytes: number;
  /** The body's own failure, which is not the store's. */
  failure?: { error: unknown };
}

/** Counts what `body` brings and tells its failures from the store's. */
export function meteredBody(body: Readable): MeteredBody {
  const metered: MeteredBody = { bytes: 0, chunks: read() };
  // A body may fail before its first byte is asked for; the reader below still gets to know.
  body.on('error', () => {});
  return metered;

  async function* read() {
    try {
      for await (const chunk of body) {
        const data: Buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
        metered.bytes += data.length;
        yield data;
      }
    } catch (error) {
      metered.failure = { error };
      throw error;
    }
  }
}
