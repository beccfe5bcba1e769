import { STATUS_CODES } from 'node:http';
import { StageError } from '@image-studio/contract';
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
  const answer = `${host} answered ${status} (${STATUS_CODES[status] ?? 'unknown status'})`;
  if (status === 404 || status === 410) {
    return new StageError('SOURCE_NOT_FOUND', `photo is not there: ${answer}`, { verdict: 'fail' });
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
  const refused = status === 401 || status === 403 ? ' and refused access to the photo' : '';
  return new StageError('SOURCE_UNREACHABLE', `${answer}${refused}`, { verdict: 'fail' });
}

/** The error for a connection that failed. What a stage threw on purpose is found again under got's wrapping. */
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

function inWords(host: string, code: string): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the name ${host} could not be resolved (${code})`;
  if (code === 'ECONNREFUSED') return `${host} refuses connections (${code})`;
  if (code === 'ECONNRESET' || code === 'ERR_HTTP_CONTENT_LENGTH_MISMATCH') {
    return `${host} dropped the connection before the photo was complete (${code})`;
  }
  if (code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE') {
    return `${host} does not send the intermediate certificate of its chain (${code}); browsers often know it from elsewhere, its owner has to add it`;
  }
  if (code === 'CERT_HAS_EXPIRED') return `${host} has a certificate that has expired (${code})`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `${host} has a certificate for another name (${code})`;
  if (BAD_CERTIFICATE.test(code)) return `${host} has a certificate that is not trusted (${code})`;
  if (code.startsWith('HPE_')) return `${host} answered with something that is not HTTP (${code})`;
  return `${host} could not be read from (${code})`;
}

function errorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}
