import { randomBytes } from 'node:crypto';
import type { Database } from '../redis/database.ts';

/** As HMAC-SHA256 wants it. */
const SECRET_BYTES = 32;

/** The secret that signs links to files, the same in every process; made by the first one that asks. */
export async function keepLinkSecret(db: Database): Promise<string> {
  const { redis, keys } = db;
  // Read first: one that is full or read-only has it, and cannot be told to keep it.
  const known = await redis.get(keys.linkSecret);
  if (known !== null) return known;
  await redis.set(keys.linkSecret, randomBytes(SECRET_BYTES).toString('hex'), 'NX');
  const secret = await redis.get(keys.linkSecret);
  if (secret === null) throw new Error('the secret of links was made and is gone again');
  return secret;
}
