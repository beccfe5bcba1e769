import { FailureCode, SkuState } from '@image-studio/contract';
import type { SkuQuery } from '@image-studio/queue';
import { z } from 'zod';

/** Which SKUs of a batch: in a state, with a failure code, with a picture that fails a check, with a part of the code. */
export const SkuFilter = z.object({
  state: SkuState.optional(),
  reason: FailureCode.optional(),
  rule: z.string().min(1).max(128).optional(),
  q: z.string().max(128).optional(),
  /** A photo of the summary's `sharedPhotos`. */
  photo: z.string().min(1).max(64).optional(),
});
export type SkuFilter = z.infer<typeof SkuFilter>;

/** The same as the queue asks for it; an empty `q` is none. */
export function filterOf({ state, reason, rule, q, photo }: SkuFilter): Omit<SkuQuery, 'cursor' | 'limit'> {
  return {
    ...(state !== undefined && { state }),
    ...(reason !== undefined && { reason }),
    ...(rule !== undefined && { rule }),
    ...(q !== undefined && q !== '' && { q }),
    ...(photo !== undefined && { photo }),
  };
}
