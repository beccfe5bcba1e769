import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type HeldBody, noRoom } from './body-memory.ts';
import { ProblemError } from './problem-error.ts';

/** A request body as it came, with the digest that idempotency compares. */
export interface RawBody {
  bytes: Buffer;
  sha256: string;
}

/** How fast a body has to come once it holds more than `largeBytes`. */
export interface BodyPace {
  largeBytes: number;
  minBytes: number;
  everyMs: number;
}

/** A body over the limit is read and thrown away up to here, or the client would see a reset instead of the 413. */
const MAX_DRAINED_BYTES = 100 * 1024 * 1024;

/** A quarter of a megabit a second. A body that stands still holds its share of the memory for 20 s at most. */
const PACE: BodyPace = { largeBytes: 1024 * 1024, minBytes: 320 * 1024, everyMs: 10_000 };

/**
 * Reads a body of at most `maxBytes` for which there is `room`; it is hashed as it arrives, because 20 MB at once would
 * hold the loop for 40 ms. Throws 400, 408, 413, 415 and 503.
 */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
  room: Pick<HeldBody, 'grow' | 'release'>,
  pace: BodyPace = PACE,
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
  await eachChunk(request, pace, (chunk) => {
    length += chunk.length;
    if (length > MAX_DRAINED_BYTES) return 'enough';
    // Read to its end all the same, like one that finds no room.
    if (length > maxBytes || !hasRoom) return 'more';
    hasRoom = room.grow(chunk.length);
    if (!hasRoom) {
      gathered.drop();
      room.release();
      return 'more';
    }
    hash.update(chunk);
    gathered.add(chunk);
    return 'more';
  });
  if (length > maxBytes) throw tooLarge(length, maxBytes);
  if (!hasRoom) throw noRoom();
  return { bytes: gathered.bytes(), sha256: hash.digest('hex') };
}

/** Resolves at the end of the body, or when `take` has had enough of it. */
function eachChunk(
  request: IncomingMessage,
  { largeBytes, minBytes, everyMs }: BodyPace,
  take: (chunk: Buffer) => 'more' | 'enough',
): Promise<void> {
  return new Promise((resolve, reject) => {
    let length = 0;
    let atLastLook = 0;
    const look = setInterval(() => {
      const came = length - atLastLook;
      if (length > largeBytes && came < minBytes) settle(() => reject(tooSlow(came, everyMs)));
      atLastLook = length;
    }, everyMs);
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (take(chunk) === 'enough') settle(resolve);
    };
    const onEnd = () => settle(resolve);
    const onBroken = (cause?: Error) => settle(() => reject(incomplete(cause)));
    function settle(act: () => void): void {
      clearInterval(look);
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
      request.on('error', () => {});
      request.pause();
      act();
    }
    // Somebody who has left already closes no second time.
    if (request.destroyed) return onBroken();
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
  });
}

/**
 * Copies chunks to where they belong as they arrive, into memory that doubles up to the length that was announced: joining
 * 20 MB at the end would hold the loop for 15 ms, and an announcement alone must take nothing. The memory is the body's
 * alone, so a thread may be handed it without a copy.
 */
function gather(announced: number): { add(chunk: Buffer): void; drop(): void; bytes(): Buffer } {
  let whole = Buffer.alloc(0);
  let filled = 0;
  return {
    add(chunk) {
      const needed = filled + chunk.length;
      if (needed > whole.length) {
        const doubled = Math.max(needed, whole.length * 2);
        const larger = Buffer.allocUnsafeSlow(needed > announced ? doubled : Math.min(doubled, announced));
        whole.copy(larger, 0, 0, filled);
        whole = larger;
      }
      chunk.copy(whole, filled);
      filled = needed;
    },
    drop() {
      whole = Buffer.alloc(0);
      filled = 0;
    },
    bytes: () => whole.subarray(0, filled),
  };
}

function incomplete(cause: Error | undefined): ProblemError {
  return new ProblemError(400, 'BODY_INCOMPLETE', 'The connection ended before the whole body had arrived.', {
    cause,
  });
}

function tooSlow(bytes: number, ms: number): ProblemError {
  return new ProblemError(
    408,
    'BODY_TOO_SLOW',
    `Only ${bytes} bytes of this large body came in ${ms / 1000} s, so it is not waited for any longer.`,
    { headers: { connection: 'close' } },
  );
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
