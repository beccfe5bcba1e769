import { Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * A body as it was before its content codings, piece by piece, so that a caller that counts stops a bomb at its limit. Codings
 * that are none (`base64`, `UTF-8`, `image/jpeg`, which servers also write there) are ignored as browsers do, and so is
 * `gzip` where the bytes are not. What cannot be decoded rejects with zlib's error.
 */
export async function* decodeBody(
  body: AsyncIterable<Buffer>,
  header: string | undefined,
): AsyncGenerator<Buffer> {
  // The last coding was applied last.
  const codings = (header ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .reverse();
  let pieces = body;
  for (const coding of codings) pieces = decoded(pieces, coding);
  yield* pieces;
}

async function* decoded(body: AsyncIterable<Buffer>, coding: string): AsyncGenerator<Buffer> {
  if (!/^(x-)?gzip$|^br$|^deflate$/.test(coding)) return yield* body;
  const pieces = body[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (first.done) return;
  const whole = startingWith(first.value, pieces);
  const decoder = decoderOf(coding, first.value);
  if (decoder === null) return yield* whole;
  const source = Readable.from(whole, { objectMode: false });
  source.once('error', (error) => decoder.destroy(error));
  source.pipe(decoder);
  try {
    yield* decoder as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
    decoder.destroy();
  }
}

async function* startingWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function decoderOf(coding: string, start: Buffer): Transform | null {
  if (coding === 'br') return createBrotliDecompress();
  if (coding !== 'deflate') return start.subarray(0, 2).equals(GZIP) ? createGunzip() : null;
  // Some servers mean zlib by it, as the standard does, others bare deflate.
  return ((start[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw();
}
