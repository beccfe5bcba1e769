import type { AddressGuard } from '@image-studio/address-guard';
import { type Said, StageError, say } from '@image-studio/contract';
import got, { HTTPError, type Request } from 'got';
import { ProblemError } from '../http/problem-error.ts';

/** The bytes of a feed as they arrive. Throws 422 for what cannot be fetched, in words that name the host. */
export type FetchFeed = (url: string, signal: AbortSignal) => AsyncIterable<Uint8Array>;

/** Unpacked. Feeds of 20,000 products have 40 MB. */
const MAX_FEED_BYTES = 200 * 1024 * 1024;
const MAX_REDIRECTS = 10;
/** A shop makes its feed while it is asked for it. */
const TIMEOUTS = {
  lookup: 10_000,
  connect: 20_000,
  secureConnect: 20_000,
  response: 60_000,
  socket: 30_000,
  request: 600_000,
};

/** Through the address guard, as photos are fetched: every address, every redirect, every resolved name. */
export function createFeedFetcher({ gotOptions, check }: AddressGuard, userAgent: string): FetchFeed {
  return async function* fetchFeed(url, signal) {
    const { host } = new URL(url);
    let stream: Request | undefined;
    let bytes = 0;
    try {
      check(new URL(url));
      stream = got.stream(url, {
        ...gotOptions,
        headers: { 'user-agent': userAgent, accept: 'application/xml, text/xml, text/csv, */*;q=0.5' },
        maxRedirects: MAX_REDIRECTS,
        retry: { limit: 0 },
        timeout: TIMEOUTS,
        signal,
      });
      for await (const chunk of stream) {
        bytes += chunk.length;
        if (bytes > MAX_FEED_BYTES) throw tooLarge(host);
        yield chunk;
      }
    } catch (error) {
      throw problemOf(error, host);
    } finally {
      stream?.destroy();
    }
  };
}

function problemOf(error: unknown, host: string): unknown {
  if (error instanceof ProblemError) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof StageError) {
    const { message, sentence = { text: message, values: [] } } = cause;
    return refused({ message, sentence }, cause);
  }
  if (error instanceof HTTPError) return refused(say`${host} answered ${error.response.statusCode}`, error);
  const { code, message } = error as { code?: string; message?: string };
  return refused(say`${host} could not be read (${String(code ?? message)})`, error);
}

function refused(why: Said, cause: unknown): ProblemError {
  const said = say`cannot be fetched: ${why}`;
  return new ProblemError(422, 'FEED_UNREACHABLE', `The feed ${said.message}.`, {
    errors: [{ path: 'source.feedUrl', ...said }],
    cause,
  });
}

function tooLarge(host: string): ProblemError {
  return new ProblemError(
    422,
    'FEED_TOO_LARGE',
    `The feed of ${host} holds more than ${MAX_FEED_BYTES / 1024 / 1024} MB.`,
  );
}
