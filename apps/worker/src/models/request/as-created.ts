import { ModelError } from '../image-model.ts';

/**
 * Marks the error of a failed create of a batch: a create that fails with 5xx, or is not answered, may have taken effect; a
 * refused one has not.
 */
export function asCreated(error: unknown): unknown {
  if (!(error instanceof ModelError)) return error;
  const { kind, httpStatus = 0, retryAfterMs, message, sentence } = error;
  const isUnsure = error.mayBeBought || httpStatus >= 500 || kind === 'timeout' || kind === 'malformed';
  return new ModelError(kind, sentence ? { message, sentence } : message, {
    mayBeBought: isUnsure,
    cause: error,
    ...(httpStatus > 0 && { httpStatus }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
