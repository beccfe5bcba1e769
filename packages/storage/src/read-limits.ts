import { StageError, say } from '@image-studio/contract';
import { briefKey } from './brief-key.ts';
import type { ByteRange } from './object-store.ts';

/** Throws (verdict `fail`) when an object is larger than its reader takes. */
export function assertFits(key: string, bytes: number, maxBytes = Number.POSITIVE_INFINITY): void {
  if (bytes <= maxBytes) return;
  const name = briefKey(key);
  throw new StageError(
    'STORE_UNAVAILABLE',
    say`object ${name} is ${bytes} bytes, limit is ${maxBytes} bytes`,
    {
      verdict: 'fail',
    },
  );
}

/** Throws (verdict `fail`) when a range does not touch the object's bytes. */
export function assertRange(key: string, bytes: number, range: ByteRange | undefined): void {
  if (range === undefined) return;
  const { start, end = Number.POSITIVE_INFINITY } = range;
  if (start >= 0 && start < bytes && end >= start) return;
  const asked = `${start}–${range.end ?? ''}`;
  throw new StageError(
    'INTERNAL',
    `object ${briefKey(key)} has ${bytes} bytes, range ${asked} is not among them`,
    {
      verdict: 'fail',
    },
  );
}
