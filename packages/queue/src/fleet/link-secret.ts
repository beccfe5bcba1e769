import { randomBytes } from 'node:crypto';
import type { Keys } from '../batch-store/keys.ts';
import type { Redis } from '../redis/connect.ts';

/** As HMAC-SHA256 wants it. */
const SECRET_BYTES = 32;

/** The secret that signs links to files, the same for whoever asks; made by the first who does. */
export async function keepLinkSecret(redis: Redis, keys: Keys): Promise<string> {
  // Read first: one that is full or read-only has it, and cannot be told to keep it.
  const known = await redis.get(keys.linkSecret);
  if (known !== null) return known;
  await redis.set(keys.linkSecret, randomBytes(SECRET_BYTES).toString('hex'), 'NX');
  const secret = await redis.get(keys.linkSecret);
  if (secret === null) throw new Error('the secret of links was made and is gone again');
  return secret;
}
