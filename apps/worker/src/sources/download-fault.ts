import { STATUS_CODES } from 'node:http';
import { type Said, StageError, say } from '@image-studio/contract';
import { RequestError } from 'got';
import { parseRetryAfter } from './retry-after.ts';
import { TooManyRequests } from './too-many-requests.ts';

/** Statuses of clients' fault that may still pass by themselves. */
const TRANSIENT_STATUSES = new Set([408, 425, 429]);

/** A supplier that names a longer wait is asked again after this one all the same. */
const MOST_WAIT_MS = 60 * 60 * 1000;

/** What Node calls a certificate that nobody should trust; trying again does not change it. */
const BAD_CERTIFICATE = /CERT|SELF_SIGNED|ERR_TLS|UNABLE_TO_VERIFY/;

/** The error for an answer that is no photo. `retryAfter` is the header as it came. */
export function statusFault(host: string, status: number, retryAfter: string | undefined): StageError {
  const name = STATUS_CODES[status] ?? 'unknown status';
  const answer = say`${host} answered ${status} (${name})`;
  if (status === 404 || status === 410) {
    return new StageError('SOURCE_NOT_FOUND', say`photo is not there: ${answer}`, { verdict: 'fail' });
  }
  if (status >= 500 || TRANSIENT_STATUSES.has(status)) {
    const named = parseRetryAfter(retryAfter);
    const retryAfterMs = named === undefined ? undefined : Math.min(named, MOST_WAIT_MS);
    if (status === 429) return new TooManyRequests(answer, retryAfterMs);
    return new StageError('SOURCE_UNREACHABLE', answer, {
      verdict: 'retry',
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }
  const isRefused = status === 401 || status === 403;
  const said = isRefused ? say`${answer} and refused access to the photo` : answer;
  return new StageError('SOURCE_UNREACHABLE', said, { verdict: 'fail' });
}

/** The error for a connection that failed. An error that a stage threw on purpose is taken out of got's wrapping. */
export function connectionFault(host: string, error: unknown): StageError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof StageError) return cause;
  }
  const code = errorCode(error);
  return new StageError('SOURCE_UNREACHABLE', inWords(host, code), {
    verdict: BAD_CERTIFICATE.test(code) ? 'fail' : 'retry',
    // Not got's own error: it drags the whole request along, with the address and its signature.
    cause: rootCause(error),
  });
}

function rootCause(error: unknown): Error {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  return root instanceof Error && !(root instanceof RequestError) ? root : new Error(errorCode(root));
}

function inWords(host: string, code: string): Said {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return say`the name ${host} could not be resolved (${code})`;
  if (code === 'ECONNREFUSED') return say`${host} refuses connections (${code})`;
  if (code === 'ECONNRESET' || code === 'ERR_HTTP_CONTENT_LENGTH_MISMATCH') {
    return say`${host} dropped the connection before the photo was complete (${code})`;
  }
  if (code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE') {
    return say`${host} does not send the intermediate certificate of its chain (${code}); browsers often know it from elsewhere, its owner has to add it`;
  }
  if (code === 'CERT_HAS_EXPIRED') return say`${host} has a certificate that has expired (${code})`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return say`${host} has a certificate for another name (${code})`;
  if (BAD_CERTIFICATE.test(code)) return say`${host} has a certificate that is not trusted (${code})`;
  if (code.startsWith('HPE_')) return say`${host} answered with something that is not HTTP (${code})`;
  return say`${host} could not be read from (${code})`;
}

function errorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}
