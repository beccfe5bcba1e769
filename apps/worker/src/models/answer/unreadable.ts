import { say } from '@image-studio/contract';
import { ModelError } from '../image-model.ts';

/** `shape`: what the answer is like, in words that hold none of its bytes. */
export function unreadable(
  shape: string,
  more: { costUsd?: number; mayBeBought?: boolean; cause?: unknown },
): ModelError {
  return new ModelError(
    'unreadable',
    say`the model's answer has a shape that is not known here: ${shape}`,
    more,
  );
}
