import { StageError } from '@image-studio/contract';
import { z } from 'zod';

/** S3's own limit on a key, in UTF-8 bytes. */
const MAX_KEY_BYTES = 1024;

/**
 * A key that every store can hold and every URL can carry: 1–1024 bytes of well-formed text, `/` between segments,
 * none of them empty, `.` or `..`; no control characters, no backslash. Keys that begin with a dot are the stores'
 * own. A key from outside (the API's `/files/…`) is parsed with this first.
 */
export const ObjectKey = z
  .string()
  .min(1, 'is empty')
  .refine((key) => Buffer.byteLength(key) <= MAX_KEY_BYTES, `is longer than ${MAX_KEY_BYTES} bytes`)
  .refine((key) => !/\p{Surrogate}/u.test(key), 'is not well-formed Unicode')
  .refine((key) => !/[\p{Cc}\\]/u.test(key), 'holds a control character or a backslash')
  .refine((key) => key.split('/').every(isNamed), 'has an empty, "." or ".." segment')
  .refine((key) => !key.startsWith('.'), 'begins with a dot');
export type ObjectKey = z.infer<typeof ObjectKey>;

/** Throws `StageError` INTERNAL (verdict `fail`) unless `key` is an `ObjectKey`: the door of every store method. */
export function assertObjectKey(key: string): void {
  const parsed = ObjectKey.safeParse(key);
  if (parsed.success) return;
  const faults = parsed.error.issues.map((issue) => issue.message).join(', ');
  throw new StageError('INTERNAL', `object key ${JSON.stringify(key.slice(0, 80))} ${faults}`, {
    verdict: 'fail',
  });
}

function isNamed(segment: string): boolean {
  return segment !== '' && segment !== '.' && segment !== '..';
}
