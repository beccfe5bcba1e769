import { type Said, StageError } from '@image-studio/contract';

/** A supplier that says 429 without saying for how long is left alone for so long. */
const UNNAMED_WAIT_MS = 15_000;

/** A supplier wants fewer requests from the whole fleet. */
export class TooManyRequests extends StageError {
  constructor(message: Said, retryAfterMs: number | undefined) {
    super('SOURCE_UNREACHABLE', message, {
      verdict: 'retry',
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }
}

/** How long a supplier wants to be left alone, ms, when an error of a download says so. */
export function wantedPauseMs(error: unknown): number | undefined {
  if (!(error instanceof StageError)) return undefined;
  return error.retryAfterMs ?? (error instanceof TooManyRequests ? UNNAMED_WAIT_MS : undefined);
}
