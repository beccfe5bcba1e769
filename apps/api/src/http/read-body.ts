import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type HeldBody, noRoom } from './body-room.ts';
import { ProblemError } from './problem-error.ts';

/** A request body as it came, with the digest that idempotency compares. */
export interface RawBody {
  bytes: Buffer;
  sha256: string;
}

/** A body over the limit is read and thrown away up to here, or the client would see a reset instead of the 413. */
const MAX_DRAINED_BYTES = 100 * 1024 * 1024;

/** Reads a body of at most `maxBytes` for which there is `room`; it is hashed as it arrives, because 20 MB at once would hold the loop for 40 ms. */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
  room: Pick<HeldBody, 'grow'>,
): Promise<RawBody> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new ProblemError(
      415,
      'UNSUPPORTED_ENCODING',
      'Bodies are taken as they are: send no Content-Encoding.',
    );
  }
  const hash = createHash('sha256');
  const gathered = gather(Math.min(Number(request.headers['content-length'] ?? 0), maxBytes));
  let length = 0;
  let hasRoom = true;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_DRAINED_BYTES) break;
      if (length > maxBytes) continue;
      // Read to its end all the same, like one that is too large.
      hasRoom &&= room.grow(chunk.length);
      if (!hasRoom) continue;
      hash.update(chunk);
      gathered.add(chunk);
    }
  } catch (error) {
    throw new ProblemError(
      400,
      'BODY_INCOMPLETE',
      'The connection ended before the whole body had arrived.',
      {
        cause: error,
      },
    );
  }
  if (length > maxBytes) throw tooLarge(length, maxBytes);
  if (!hasRoom) throw noRoom();
  return { bytes: gathered.bytes(), sha256: hash.digest('hex') };
}

/**
 * Copies chunks to where they belong as they arrive, when the length was announced: joining 20 MB at the end would
 * hold the loop for 15 ms. The memory is the body's alone, so a thread may be handed it without a copy.
 */
function gather(announced: number): { add(chunk: Buffer): void; bytes(): Buffer } {
  const whole = Buffer.allocUnsafeSlow(announced);
  const beyond: Buffer[] = [];
  let filled = 0;
  return {
    add(chunk) {
      const copied = chunk.copy(whole, filled);
      filled += copied;
      if (copied < chunk.length) beyond.push(chunk.subarray(copied));
    },
    bytes: () => {
      const first = whole.subarray(0, filled);
      return beyond.length === 0 ? first : Buffer.concat([first, ...beyond]);
    },
  };
}

function tooLarge(length: number, maxBytes: number): ProblemError {
  const drained = length <= MAX_DRAINED_BYTES;
  return new ProblemError(
    413,
    'BODY_TOO_LARGE',
    `The body may hold ${maxBytes} bytes, this one holds ${drained ? length : `more than ${MAX_DRAINED_BYTES}`}; submit several batches instead.`,
    drained ? {} : { headers: { connection: 'close' } },
  );
}
