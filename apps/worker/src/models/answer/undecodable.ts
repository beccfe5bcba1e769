import { say } from '@image-studio/contract';
import { ModelError } from '../image-model.ts';

/** A picture that came, and was charged for, and that nobody can open. `costUsd`: as far as the answer tells it. */
export function undecodable(cause: unknown, billed: { costUsd?: number }): ModelError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ModelError('badImage', say`the model's picture cannot be decoded: ${reason}`, {
    ...billed,
    cause,
    mayBeBought: true,
  });
}
