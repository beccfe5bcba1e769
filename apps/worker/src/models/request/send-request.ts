import { parseUrl } from '@image-studio/contract';
import { span } from '@image-studio/tracing';
import { parseRetryAfter } from '../../sources/retry-after.ts';
import { ApiFault } from './api-fault.ts';
import { errorIn } from './error-in.ts';
import { parseOrNothing } from './parse-answer.ts';
import { readBounded } from './read-bounded.ts';
import { resetMs, usedUpMs } from './retry-delay.ts';

/**
 * Largest answer that is read. A 4K PNG is about 25 MB, 34 MB in base64, and a draft may come with it; a stream that
 * does not end would fill the memory.
 */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Of an error only the sentence matters. */
const MAX_ERROR_BYTES = 64 * 1024;

export interface ApiAnswer {
  bytes: Buffer;
  contentType: string;
  headers: Headers;
}

/**
 * Sends one request to a model's API, once, and reads its answer to the end. Resolves for any status 2xx. Rejects with
 * `ApiFault`, or with whatever the signal in `init` made of the request. `onUsedUp` is told what the headers of any answer say of
 * the account, before the rest of it is read.
 */
export function sendRequest(
  url: string,
  init: RequestInit,
  onUsedUp: (ms: number) => void = () => {},
): Promise<ApiAnswer> {
  const { method = 'GET' } = init;
  const attributes = {
    'http.request.method': method,
    'server.address': parseUrl(url)?.host,
  };
  return span(method, { kind: 'client', attributes }, (sending) =>
    send(url, init, ({ status, headers }) => {
      sending.set({ 'http.response.status_code': status });
      const ms = usedUpMs(headers);
      if (ms !== undefined) onUsedUp(ms);
    }),
  );
}

async function send(
  url: string,
  init: RequestInit,
  onHead: (head: Pick<Response, 'status' | 'headers'>) => void,
): Promise<ApiAnswer> {
  const response = await ask(url, init, onHead);
  const bytes = await connected(() => readBounded(response, MAX_ANSWER_BYTES));
  if (bytes === null) {
    const limit = `${MAX_ANSWER_BYTES / 1024 / 1024} MiB`;
    throw new ApiFault('tooLarge', `it is larger than ${limit}`, { mayBeBought: true });
  }
  const { headers } = response;
  return { bytes, contentType: headers.get('content-type') ?? 'no type', headers };
}

async function ask(
  url: string,
  init: RequestInit,
  onHead: (head: Pick<Response, 'status' | 'headers'>) => void,
): Promise<Response> {
  // Followed, a redirect would take the key along.
  const response = await connected(() => fetch(url, { ...init, redirect: 'manual' }));
  onHead(response);
  if (!response.ok) throw await readError(response);
  return response;
}

/**
 * Sends one request whose answer is long, and hands its lines on, one after the other: the answer waits for `take`. Empty lines are left
 * out, and one of more than an answer may hold ends it all. Rejects like `sendRequest`, or with what `take` rejected with.
 */
export async function sendForLines(
  url: string,
  init: RequestInit,
  take: (line: Buffer) => Promise<void>,
): Promise<void> {
  const { body } = await ask(url, init, () => {});
  if (body === null) return;
  const chunks = body[Symbol.asyncIterator]();
  let held: Buffer[] = [];
  let bytes = 0;
  const end = async () => {
    const line = Buffer.concat(held);
    [held, bytes] = [[], 0];
    if (line.length > 0) await take(line);
  };
  try {
    for (;;) {
      const { done, value } = await connected(() => chunks.next());
      if (done) return await end();
      let rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      for (let at = rest.indexOf(NEW_LINE); at >= 0; at = rest.indexOf(NEW_LINE)) {
        held.push(rest.subarray(0, at));
        await end();
        rest = rest.subarray(at + 1);
      }
      held.push(rest);
      bytes += rest.length;
      if (bytes > MAX_ANSWER_BYTES) throw new ApiFault('tooLarge', 'a line of it does not end');
    }
  } finally {
    // Leaves the request, wherever it is.
    await chunks.return?.().catch(() => {});
  }
}

const NEW_LINE = 10;

/** What kept the request from leaving: nobody can have charged for it. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const NOT_TRUSTED = /^(ERR_TLS|CERT_|DEPTH_ZERO|UNABLE_TO|SELF_SIGNED)/;

/** By name, not by class: errors of the built-in fetch may come from another realm. Its own words are in its cause. */
async function connected<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { name, cause, message } = error as Error & { cause?: { code?: unknown } };
    if (name !== 'TypeError') throw error;
    const code = typeof cause?.code === 'string' ? cause.code : message;
    // Without a code nothing was sent either: the address cannot be used.
    const isRefused = NOT_SENT.has(code) || NOT_TRUSTED.test(code) || message === code;
    const mayBeBought = !isRefused || message === 'terminated';
    throw new ApiFault('network', code, { mayBeBought });
  }
}

async function readError(response: Response): Promise<ApiFault> {
  const { status, headers } = response;
  if (status >= 300 && status < 400) {
    await response.body?.cancel();
    const to = headers.get('location') ?? '';
    const where = parseUrl(to, response.url)?.origin ?? 'elsewhere';
    return new ApiFault('redirect', where, { httpStatus: status });
  }
  const bytes = await readBounded(response, MAX_ERROR_BYTES).catch(() => null);
  const said = errorIn(parseOrNothing(bytes));
  const retryAfterMs = parseRetryAfter(headers.get('retry-after') ?? undefined) ?? resetMs(headers);
  // A proxy that gave up waiting says so itself; what it waited for goes on behind it.
  const mayBeBought = said === null && (status === 504 || status === 524);
  return new ApiFault('http', said?.message ?? '', {
    fields: said?.fields ?? {},
    httpStatus: status,
    details: said?.details ?? [],
    mayBeBought,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
