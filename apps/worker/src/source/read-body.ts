import { createHash } from 'node:crypto';
import { StageError } from '@image-studio/contract';
import type { PlainResponse, Request } from 'got';
import { decodeBody } from './decode-body.ts';
import type { FetchPorts } from './fetch-photo.ts';
import type { Watchdog } from './watchdog.ts';

/** The body, and the memory it occupies until `release`. */
export interface FetchedPhoto {
  data: Buffer;
  sha256: string;
  release(): void;
}

/**
 * Reads an answer whole, within the byte limit and the process's memory for bodies. While it waits for memory the
 * connection stands still and no clock runs. Rejects with a `StageError`, got's error or the stop's reason.
 */
export async function readBody(
  stream: Request,
  response: PlainResponse,
  url: URL,
  watchdog: Watchdog,
  { limits, memory, stop, onProgress }: FetchPorts,
): Promise<FetchedPhoto> {
  const coding = response.headers['content-encoding'];
  // The length is that of the encoded bytes, whatever they are.
  const declared = coding === undefined ? declaredLength(response) : undefined;
  if (declared !== undefined && declared > limits.maxBytes) throw tooLarge(declared, limits.maxBytes);

  const holding = memory.open();
  try {
    const hash = createHash('sha256');
    const body = collectBody(declared);
    let received = 0;
    watchdog.expect('send more data', limits.idleTimeoutMs);
    for await (const chunk of decodeBody(stream as AsyncIterable<Buffer>, coding)) {
      received += chunk.length;
      if (received > limits.maxBytes) throw tooLarge(received, limits.maxBytes, 'at least ');
      const turn = holding.grow(chunk.length, stop.signal);
      if (turn) {
        watchdog.rest();
        await stop.hold(() => turn);
      }
      hash.update(chunk);
      body.add(chunk);
      onProgress?.({ received, ...(declared !== undefined && { total: declared }) });
      watchdog.expect('send more data', limits.idleTimeoutMs);
    }
    // An abort ends the iteration without an error when it hits between two chunks.
    stop.signal.throwIfAborted();
    if (received === 0) {
      throw new StageError('SOURCE_NOT_AN_IMAGE', `${url.host} sent an empty file`, { verdict: 'fail' });
    }
    const data = body.whole();
    refusePage(data, url);
    return { data, sha256: hash.digest('hex'), release: holding.release };
  } catch (error) {
    holding.release();
    throw coding === undefined ? error : codingFault(url, coding, error);
  }
}

/**
 * Into one buffer when the length is known, because joining pieces holds the photo twice for a moment. The system gives
 * it memory only as it fills, so a promise of 30 MB costs nothing.
 */
function collectBody(declared: number | undefined): { add(chunk: Buffer): void; whole(): Buffer } {
  if (declared === undefined) {
    const chunks: Buffer[] = [];
    return { add: (chunk) => void chunks.push(chunk), whole: () => Buffer.concat(chunks) };
  }
  const body = Buffer.allocUnsafeSlow(declared);
  let filled = 0;
  return {
    add(chunk) {
      filled += chunk.copy(body, filled);
    },
    whole: () => body.subarray(0, filled),
  };
}

/** Shops answer with a page where a photo is behind a login, gone, or only linked to; its title often says which. */
function refusePage(data: Buffer, url: URL): void {
  const start = data.subarray(0, 4096).toString('utf8').trimStart();
  if (!/^(<!doctype\s+html|<html|<head|<body)/i.test(start)) return;
  const title = /<title[^>]{0,200}>([^<]{1,200})/i.exec(start)?.[1]?.replace(/\s+/g, ' ').trim();
  const called = title ? ` (“${title.slice(0, 80)}”)` : '';
  throw new StageError(
    'SOURCE_NOT_AN_IMAGE',
    `${url.host} answered with a web page${called} instead of a photo; use the address of the photo itself`,
    { verdict: 'fail' },
  );
}

function codingFault(url: URL, header: string | undefined, error: unknown): unknown {
  // By its code alone: errors of zlib are of another realm in tests.
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (!/^(Z_|ERR_BROTLI|ERR__ERROR|ERR_)/.test(code) || code === 'ERR_HTTP_CONTENT_LENGTH_MISMATCH')
    return error;
  return new StageError(
    'SOURCE_NOT_AN_IMAGE',
    `${url.host} sent the photo with content-encoding ${(header ?? '').slice(0, 40)}, and it cannot be decoded (${code})`,
    { verdict: 'fail', cause: error },
  );
}

function declaredLength(response: PlainResponse): number | undefined {
  const header = response.headers['content-length'];
  return header === undefined ? undefined : Number(header);
}

function tooLarge(bytes: number, maxBytes: number, about = ''): StageError {
  return new StageError(
    'SOURCE_TOO_LARGE',
    `photo is ${about}${megabytes(bytes)}, limit is ${megabytes(maxBytes)}`,
    {
      verdict: 'fail',
    },
  );
}

/** With every digit, so that a limit and what just exceeds it do not read the same. */
function megabytes(bytes: number): string {
  return `${bytes / 1_000_000} MB`;
}
