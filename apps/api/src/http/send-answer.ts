import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { putBack } from './put-back.ts';
import type { Answer } from './route.ts';

/** Sends what a handler gave back. Rejects with nothing sent when a stream fails before its first piece. */
export async function sendAnswer(response: Response, answer: Answer): Promise<void> {
  const { status, body, stream, headers } = answer;
  const isStream = stream !== undefined && response.req.method !== 'HEAD';
  const pieces = isStream ? await begun(stream) : undefined;
  response.status(status).set({ 'cache-control': 'no-store', ...headers });
  if (pieces !== undefined) await sendStream(pieces, response);
  else if (body === undefined) response.end();
  else response.json(body);
}

type Pieces = AsyncIterable<string | Uint8Array>;

/** A stream whose first piece is there. */
async function begun(stream: Pieces): Promise<Pieces> {
  const rest = stream[Symbol.asyncIterator]();
  return putBack(await rest.next(), rest);
}

/** A stream that fails cuts the connection: half a file must not look like a whole one. */
async function sendStream(pieces: Pieces, response: Response): Promise<void> {
  try {
    await pipeline(Readable.from(pieces, { objectMode: false }), response);
  } catch (error) {
    const clientLeft = (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!clientLeft) throw error;
  }
}
