import { LedgerEntry } from '@image-studio/contract';
import type { Database } from '../redis/database.ts';
import { tenantsOf } from './ledger.ts';

/** A call by its name in the ledger, and, where its tenant has a ledger of its own, in the common one. */
export interface NamedCall {
  callKey: string;
  commonKey?: string;
}

/** Which of these calls of a tenant are paid for. */
export async function findPaid(
  db: Database,
  tenant: string,
  calls: readonly NamedCall[],
): Promise<boolean[]> {
  const { redis, keys } = db;
  if (calls.length === 0) return [];
  const own = await redis.mget(calls.map(({ callKey }) => keys.ledger(callKey)));
  const paid = own.map((entry) => entry !== null);
  const open = calls.flatMap(({ commonKey }, at) =>
    paid[at] || commonKey === undefined ? [] : [{ at, commonKey }],
  );
  if (open.length === 0) return paid;
  const common = await redis.mget(open.map(({ commonKey }) => keys.ledger(commonKey)));
  const found = open.flatMap(({ at }, n) =>
    common[n] == null ? [] : [{ at, entry: LedgerEntry.parse(JSON.parse(common[n])) }],
  );
  const tenants = await tenantsOf(
    db,
    found.map(({ entry }) => entry),
  );
  found.forEach(({ at }, n) => {
    paid[at] = tenants[n] === tenant;
  });
  return paid;
}
