import { LedgerEntry } from '@image-studio/contract';
import type { Redis } from './connect.ts';
import type { Keys } from './keys.ts';

/**
 * How long a paid picture is remembered. Its bytes in the object store should live as long: an entry whose bytes
 * are gone is forgotten by whoever notices, and the picture is bought again.
 */
const LEDGER_SECONDS = 30 * 86_400;

/** The memory of what was paid for, by call key. */
export interface Ledger {
  find(callKey: string): Promise<LedgerEntry | null>;
  /** Call this after the bytes are in the object store, and before anything else happens to them. */
  record(callKey: string, entry: LedgerEntry): Promise<void>;
  forget(callKey: string): Promise<void>;
}

export function createLedger(redis: Redis, keys: Keys): Ledger {
  return {
    async find(callKey) {
      const text = await redis.get(keys.ledger(callKey));
      return text === null ? null : LedgerEntry.parse(JSON.parse(text));
    },
    async record(callKey, entry) {
      await redis.set(keys.ledger(callKey), JSON.stringify(entry), 'EX', LEDGER_SECONDS);
    },
    async forget(callKey) {
      await redis.del(keys.ledger(callKey));
    },
  };
}
