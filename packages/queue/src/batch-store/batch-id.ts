import { randomBytes } from 'node:crypto';

/** Characters of the random part. */
const RANDOM_LENGTH = 16;

/** Milliseconds; 0 for what is not a batch id. */
export function createdAtOf(batchId: string): number {
  return Number.parseInt(batchId.slice(1, -RANDOM_LENGTH), 36) || 0;
}

/**
 * A new batch id: `b`, the time in base 36 (so ids sort by age), and 80 random bits (so nobody guesses one).
 * Lower case letters and digits only, because it goes into job ids, object keys and URLs.
 */
export function newBatchId(now = Date.now()): string {
  const random = [...randomBytes(RANDOM_LENGTH)].map((byte) => (byte % 36).toString(36)).join('');
  return `b${now.toString(36)}${random}`;
}
