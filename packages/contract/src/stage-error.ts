import type { Failure, FailureCode, Stage } from './failure.ts';

/** `retry`: the same work may succeed later. `fail`: it never will, whoever tries. */
export type Verdict = 'retry' | 'fail';

/** Longest public message; a model's or server's own words are cut here before they reach Redis or a browser. */
const MAX_MESSAGE_LENGTH = 500;

/**
 * The one error that stages throw. Its message is a sentence for the person who submitted the SKU: what happened,
 * with the measured and the allowed value. It never holds a credential or a whole foreign object; those belong in
 * `cause`, which stays in this process.
 */
export class StageError extends Error {
  override readonly name = 'StageError';
  readonly code: FailureCode;
  readonly verdict: Verdict;
  /** Earliest useful retry, when the other side named one. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: FailureCode,
    message: string,
    options: { verdict: Verdict; cause?: unknown; retryAfterMs?: number },
  ) {
    super(message.slice(0, MAX_MESSAGE_LENGTH), { cause: options.cause });
    this.code = code;
    this.verdict = options.verdict;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Turns whatever was thrown in `stage` into the value that crosses Redis. Unknown errors become INTERNAL, retryable. */
export function toFailure(error: unknown, stage: Stage): Failure {
  if (error instanceof StageError) {
    return { code: error.code, message: error.message, stage, retryable: error.verdict === 'retry' };
  }
  const message = isRedisReply(error)
    ? REDIS_SAID_NO
    : error instanceof Error
      ? error.message
      : String(error);
  return { code: 'INTERNAL', message: message.slice(0, MAX_MESSAGE_LENGTH), stage, retryable: true };
}

const REDIS_SAID_NO = 'the batch store did not take a step of this work';

/** By name, because this room knows no Redis: such an error repeats the script that failed. */
function isRedisReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
