import { createHash } from 'node:crypto';
import type { Database } from '../redis/database.ts';
import type { Keys } from '../redis/keys.ts';

/** As long as the ledger remembers: a quote is about both. */
const MEMORY_SECONDS = 30 * 86_400;

/** Every photo was prepared for this side once; its keys do not name it. */
const FIRST_SIDE = 2048;

/** A photo's address and the size it was prepared for, which decides its bytes. */
export interface SourceIdentity {
  url: string;
  maxBytes: number;
  /** Longer side in pixels. */
  maxSide: number;
  /** Whose memory: a tenant's name, or empty for the common one. */
  scope: string;
}

/** Which prepared photo each URL last gave. Only quotes believe it; a batch always downloads. */
export interface SourceDigests {
  remember(source: SourceIdentity, sha256: string): Promise<void>;
}

export function createSourceDigests(db: Database): SourceDigests {
  const { redis, keys } = db;
  return {
    async remember(source, sha256) {
      await redis.set(keyOf(keys, source), sha256, 'EX', MEMORY_SECONDS);
    },
  };
}

/** The digests last seen, in the order asked; `null` for a URL that nobody has fetched. */
export async function recallSources(db: Database, sources: SourceIdentity[]): Promise<(string | null)[]> {
  const { redis, keys } = db;
  return sources.length === 0 ? [] : redis.mget(sources.map((source) => keyOf(keys, source)));
}

/** The URL may carry a signature or a password: only its digest is kept. */
function keyOf(keys: Keys, { url, maxBytes, maxSide, scope }: SourceIdentity): string {
  const owner = scope === '' ? '' : `${scope}\n`;
  const side = maxSide === FIRST_SIDE ? '' : `${maxSide} `;
  return keys.source(
    createHash('sha256').update(`${owner}${side}${maxBytes} ${url}`).digest('hex').slice(0, 32),
  );
}
