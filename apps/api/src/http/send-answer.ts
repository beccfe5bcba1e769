import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { Answer } from './route.ts';

/** Sends what a handler gave back. */
export async function sendAnswer(response: Response, answer: Answer): Promise<void> {
  const { status, body, stream, headers } = answer;
  response.status(status).set({ 'cache-control': 'no-store', ...headers });
  if (stream !== undefined && response.req.method !== 'HEAD') await sendStream(stream, response);
  else if (body === undefined) response.end();
  else response.json(body);
}

/** A stream that fails cuts the connection: half a file must not look like a whole one. */
async function sendStream(stream: NonNullable<Answer['stream']>, response: Response): Promise<void> {
  try {
    await pipeline(Readable.from(stream, { objectMode: false }), response);
  } catch (error) {
    const clientLeft = (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!clientLeft) throw error;
  }
}
