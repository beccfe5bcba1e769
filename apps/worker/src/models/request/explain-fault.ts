import { type Said, say } from '@image-studio/contract';
import { unreadable } from '../answer/unreadable.ts';
import { ModelError, type ModelErrorKind } from '../image-model.ts';
import type { Fault } from './guard-call.ts';

/** How one provider says no. */
export interface FaultLanguage {
  /** What an answer with an error status means. */
  kindOf(fault: Fault, status: number): ModelErrorKind;
  /** Words that introduce the provider's own sentence. */
  introductions: Partial<Record<ModelErrorKind, string>>;
  /** The message for a redirect to `to`: the key is sent to the configured address alone. */
  redirected(to: string, status: number): Said;
  /** The wait that the error names in its own way; the header's counts when it names none. */
  namedWaitMs?(fault: Fault): number | undefined;
}

/** Turns what a failed request left behind into the error that the queue understands. */
export function explainFault(fault: Fault, language: FaultLanguage): ModelError {
  // The cause is a fresh error: the fault may carry whatever the server echoed.
  const cause = new Error(fault.message);
  const { message, mayBeBought, httpStatus = 0 } = fault;
  switch (fault.kind) {
    case 'http': {
      const kind = language.kindOf(fault, httpStatus);
      const introduction = language.introductions[kind] ?? 'the model API failed';
      const said = message === '' ? 'no readable message' : message;
      const retryAfterMs = language.namedWaitMs?.(fault) ?? fault.retryAfterMs;
      return new ModelError(kind, say`${introduction} (HTTP ${httpStatus}): ${said}`, {
        httpStatus,
        mayBeBought,
        cause,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      });
    }
    case 'redirect':
      return new ModelError('auth', language.redirected(message, httpStatus), { cause, httpStatus });
    case 'network':
      return new ModelError('network', say`the connection to the model failed: ${message}`, {
        cause,
        mayBeBought,
      });
    case 'notJson':
      return new ModelError('malformed', say`the model's answer is no JSON but ${message}`, {
        cause,
        mayBeBought,
      });
    case 'tooLarge':
      return unreadable(message, { cause, mayBeBought });
  }
}
