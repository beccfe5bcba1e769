import { randomBytes } from 'node:crypto';

/**
 * A new batch id: `b`, the time in base 36 (so ids sort by age), and 80 random bits (so nobody guesses one).
 * Lower case letters and digits only, because it goes into job ids, object keys and URLs.
 */
export function newBatchId(now = Date.now()): string {
  const random = [...randomBytes(16)].map((byte) => (byte % 36).toString(36)).join('');
  return `b${now.toString(36)}${random}`;
}
