import { StageError, say } from '@image-studio/contract';
import type { PlainResponse, Request } from 'got';
import { type ArrivedBody, openBody } from './arrived-body.ts';
import { decodeBody } from './decode-body.ts';
import type { FetchPorts } from './fetch-ports.ts';
import type { Watchdog } from './watchdog.ts';

/** The body, and the memory it occupies until `release`. */
export interface FetchedPhoto {
  data: Buffer;
  release(): void;
}

/**
 * Reads an answer whole, within the byte limit and the process's memory for bodies; `arrived` is what an earlier try has of
 * it. While it waits for memory the connection stands still and no clock runs. Rejects with a `StageError`, got's error or the
 * stop's reason, and leaves what has arrived to the next try where the server can give the rest.
 */
export async function readBody(
  stream: Request,
  response: PlainResponse,
  url: URL,
  watchdog: Watchdog,
  { limits, memory, stop, unfinished, onProgress }: FetchPorts,
  arrived?: ArrivedBody,
): Promise<FetchedPhoto> {
  const coding = response.headers['content-encoding'];
  // The length is that of the encoded bytes, whatever they are.
  const declared = coding === undefined ? declaredLength(response, arrived?.received() ?? 0) : undefined;
  if (declared !== undefined && declared > limits.maxBytes) {
    arrived?.release();
    throw tooLarge(declared, limits.maxBytes);
  }

  const body = arrived ?? openBody(declared, memory);
  try {
    watchdog.expect('send more data', limits.idleTimeoutMs);
    for await (const chunk of decodeBody(stream as AsyncIterable<Buffer>, coding)) {
      const received = body.received() + chunk.length;
      if (received > limits.maxBytes) throw tooLarge(received, limits.maxBytes, true);
      const room = body.grow(chunk.length, stop.signal);
      if (room) {
        watchdog.rest();
        await stop.hold(() => room);
      }
      body.add(chunk);
      onProgress?.({ received, ...(declared !== undefined && { total: declared }) });
      watchdog.expect('send more data', limits.idleTimeoutMs);
    }
    // An abort ends the iteration without an error when it hits between two chunks.
    stop.signal.throwIfAborted();
    if (body.received() === 0) {
      throw new StageError('SOURCE_NOT_AN_IMAGE', say`${url.host} sent an empty file`, { verdict: 'fail' });
    }
    const data = body.whole();
    refusePage(data, url);
    return { data, release: body.release };
  } catch (error) {
    const isFinal = stop.signal.aborted || (error instanceof StageError && error.verdict === 'fail');
    if (isFinal) body.release();
    else unfinished.keep(url, response, body);
    throw coding === undefined ? error : codingFault(url, coding, error);
  }
}

/** Shops answer with a page where a photo is behind a login, gone, or only linked to; its title often says which. */
function refusePage(data: Buffer, url: URL): void {
  const start = data.subarray(0, 4096).toString('utf8').trimStart();
  if (!/^(<!doctype\s+html|<html|<head|<body)/i.test(start)) return;
  if (/^(accounts\.google\.com|login\.(live|microsoftonline)\.com)$/.test(url.hostname)) {
    const said = say`photo is behind a login at ${url.host}; share the file with everybody who has its link`;
    throw new StageError('SOURCE_UNREACHABLE', said, { verdict: 'fail' });
  }
  const title = /<title[^>]{0,200}>([^<]{1,200})/i.exec(start)?.[1]?.replace(/\s+/g, ' ').trim();
  const called = (title ?? '').slice(0, 80);
  throw new StageError(
    'SOURCE_NOT_AN_IMAGE',
    called === ''
      ? say`${url.host} answered with a web page instead of a photo; use the address of the photo itself`
      : say`${url.host} answered with a web page (“${called}”) instead of a photo; use the address of the photo itself`,
    { verdict: 'fail' },
  );
}

function codingFault(url: URL, header: string | undefined, error: unknown): unknown {
  // By its code alone: errors of zlib are of another realm in tests.
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (!/^(Z_|ERR_BROTLI|ERR__ERROR|ERR_)/.test(code) || code === 'ERR_HTTP_CONTENT_LENGTH_MISMATCH')
    return error;
  const coding = (header ?? '').slice(0, 40);
  return new StageError(
    'SOURCE_NOT_AN_IMAGE',
    say`${url.host} sent the photo with content-encoding ${coding}, and it cannot be decoded (${code})`,
    { verdict: 'fail', cause: error },
  );
}

/** Of the whole body, of which `before` bytes have come. */
function declaredLength(response: PlainResponse, before: number): number | undefined {
  const header = response.headers['content-length'];
  return header === undefined ? undefined : before + Number(header);
}

function tooLarge(bytes: number, maxBytes: number, isPart = false): StageError {
  const [size, limit] = [megabytes(bytes), megabytes(maxBytes)];
  const message = isPart
    ? say`photo is at least ${size}, limit is ${limit}`
    : say`photo is ${size}, limit is ${limit}`;
  return new StageError('SOURCE_TOO_LARGE', message, { verdict: 'fail' });
}

/** With every digit, so that a limit and what just exceeds it do not read the same. */
function megabytes(bytes: number): string {
  return `${bytes / 1_000_000} MB`;
}
