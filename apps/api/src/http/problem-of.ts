import { STATUS_CODES } from 'node:http';
import { type Problem, StageError } from '@image-studio/contract';
import { BatchBusy, BatchGone, IdempotencyConflict, RedisUnavailable } from '@image-studio/queue';
import { ProblemError } from './problem-error.ts';

/** Seconds after which a client may try again when Redis is away; it is usually back within one. */
export const RETRY_AFTER_SECONDS = 2;

/** What a client learns of an error, whatever was thrown. Unexpected errors say nothing about the inside. */
export function problemOf(error: unknown): { problem: Problem; headers: Record<string, string> } {
  const known = toProblemError(error);
  const problem: Problem = {
    type: `urn:image-studio:problem:${known.code.toLowerCase().replaceAll('_', '-')}`,
    title: STATUS_CODES[known.status] ?? 'Error',
    status: known.status,
    code: known.code,
    detail: known.message,
    ...(known.errors.length > 0 && { errors: [...known.errors] }),
  };
  return { problem, headers: { ...known.headers } };
}

function toProblemError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof RedisUnavailable) {
    return new ProblemError(
      503,
      'REDIS_UNAVAILABLE',
      'The queue does not answer at the moment; try again shortly.',
      {
        headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
        cause: error,
      },
    );
  }
  if (error instanceof StageError && error.code === 'STORE_UNAVAILABLE') {
    return new ProblemError(
      503,
      'STORE_UNAVAILABLE',
      'The object store does not answer at the moment; try again shortly.',
      {
        headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
        cause: error,
      },
    );
  }
  if (error instanceof IdempotencyConflict) {
    return new ProblemError(
      422,
      'IDEMPOTENCY_KEY_REUSED',
      'This Idempotency-Key was used before with another body; use a new key for a new submission.',
    );
  }
  if (error instanceof BatchGone)
    return new ProblemError(404, 'BATCH_NOT_FOUND', 'There is no such batch any more.');
  if (error instanceof BatchBusy) return new ProblemError(409, 'BATCH_BUSY', error.message);
  // Express's own 4xx errors: a path that cannot be percent-decoded, a range that is not one.
  const status = statusOf(error);
  if (status !== undefined && status >= 400 && status < 500) {
    return new ProblemError(
      status,
      status === 400 ? 'BAD_REQUEST' : 'REQUEST_REFUSED',
      'The request could not be read.',
    );
  }
  return new ProblemError(500, 'INTERNAL', 'Something unexpected went wrong; it has been logged.', {
    cause: error,
  });
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}
