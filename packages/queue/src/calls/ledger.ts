import { batchOfPayer, LedgerEntry } from '@image-studio/contract';
import type { Database } from '../redis/database.ts';
import { forgetPictureScript } from './ledger.lua.ts';

/**
 * How long a paid picture is remembered. Its bytes in the object store should live as long: the job that finds an entry's bytes
 * gone or changed forgets the entry, and the picture is bought again.
 */
const LEDGER_SECONDS = 30 * 86_400;
/** A store that loses a picture twice in this time would have it bought again and again. */
const LOST_SECONDS = 86_400;

/** The memory of what was paid for, by call key. */
export interface CallLedger {
  find(callKey: string): Promise<LedgerEntry | null>;
  /** Call this after the bytes are in the object store, and before anything else happens to them. */
  record(callKey: string, entry: LedgerEntry): Promise<void>;
  /**
   * Forgets `entry`, whose bytes are lost, under all of its names (its own first). Returns whether it may be bought again: once
   * a day.
   */
  forget(callKeys: readonly [string, ...string[]], entry: LedgerEntry): Promise<boolean>;
  /** Takes an entry of the common ledger over under `callKey`, if a batch of `tenant` paid for it. */
  adopt(commonKey: string, callKey: string, tenant: string): Promise<LedgerEntry | null>;
}

export function createCallLedger(db: Database): CallLedger {
  const { redis, keys } = db;
  const ledger: CallLedger = {
    async find(callKey) {
      const text = await redis.get(keys.ledger(callKey));
      return text === null ? null : LedgerEntry.parse(JSON.parse(text));
    },
    async record(callKey, entry) {
      await redis.set(keys.ledger(callKey), JSON.stringify(entry), 'EX', LEDGER_SECONDS);
    },
    async forget(callKeys, entry) {
      const names = [keys.lost(callKeys[0]), ...callKeys.map((callKey) => keys.ledger(callKey))];
      return Number(await forgetPictureScript(redis, names, [entry.at, LOST_SECONDS])) === 1;
    },
    async adopt(commonKey, callKey, tenant) {
      const entry = await ledger.find(commonKey);
      if (entry === null || (await tenantsOf(db, [entry]))[0] !== tenant) return null;
      await ledger.record(callKey, entry);
      return entry;
    },
  };
  return ledger;
}

/** Whose batches paid for these pictures; `null` where the batch is gone. */
export async function tenantsOf(db: Database, entries: LedgerEntry[]): Promise<(string | null)[]> {
  const { redis, keys } = db;
  return Promise.all(entries.map(({ payer }) => redis.hget(keys.batch(batchOfPayer(payer)), 'tenant')));
}
