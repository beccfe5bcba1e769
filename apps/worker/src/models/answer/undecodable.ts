import { say } from '@image-studio/contract';
import type { Inspected } from '@image-studio/imaging/pool';
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

/** Looks at a picture that was paid for. Rejects with `ModelError` when nobody can open it. */
export function inspectPaid(
  { inspect }: { inspect(image: Buffer): Promise<Inspected> },
  image: Buffer,
  billed: { costUsd?: number },
): Promise<Inspected> {
  return inspect(image).catch((cause: unknown) => {
    throw undecodable(cause, billed);
  });
}
