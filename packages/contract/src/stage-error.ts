import type { Failure, FailureCode, Stage } from './failure.ts';
import type { Said, Sentence } from './say.ts';

/** `retry`: the same work may succeed later. `fail`: it never will, in any process. */
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
  /** The message for other languages. */
  readonly sentence: Sentence | undefined;
  /** Earliest useful retry, when the other side named one. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: FailureCode,
    message: string | Said,
    options: { verdict: Verdict; cause?: unknown; retryAfterMs?: number },
  ) {
    const said: { message: string; sentence?: Sentence } =
      typeof message === 'string' ? { message } : message;
    super(said.message.slice(0, MAX_MESSAGE_LENGTH), { cause: options.cause });
    this.sentence = said.sentence;
    this.code = code;
    this.verdict = options.verdict;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What an error says, with its sentence where it has one. */
export function saidBy({
  message,
  sentence,
}: {
  message: string;
  sentence?: Sentence | undefined;
}): string | Said {
  return sentence ? { message, sentence } : message;
}

/** The failure as it was told before, as an error again. */
export function asStageError(failure: Failure, options: { verdict: Verdict; cause?: unknown }): StageError {
  return new StageError(failure.code, saidBy(failure), options);
}

/** Turns whatever was thrown in `stage` into the value that crosses Redis. Unknown errors become INTERNAL, retryable. */
export function toFailure(error: unknown, stage: Stage): Failure {
  if (error instanceof StageError) {
    const { code, message, sentence, verdict } = error;
    return { code, message, ...(sentence && { sentence }), stage, retryable: verdict === 'retry' };
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
