import type { Redis } from '../redis/connect.ts';
import type { Database } from '../redis/database.ts';

/** Codes remembered by one connection, over all batches: 10 MB with codes of usual length. */
const MOST_CODES = 100_000;

const remembered = new WeakMap<Redis, Map<string, string[]>>();

/**
 * The codes of a batch in lower case, each at its index. They never change, so they are fetched once, and remembered for the
 * batches that were asked for last: to fetch 5,000 takes 10 ms of this process, and a search asks for them at each key press.
 */
export async function lowerCaseCodes(db: Database, batchId: string): Promise<string[]> {
  const { redis } = db;
  const batches = remembered.get(redis) ?? new Map<string, string[]>();
  remembered.set(redis, batches);
  const codes = batches.get(batchId) ?? (await fetchCodes(db, batchId));
  batches.delete(batchId);
  batches.set(batchId, codes);
  let sum = 0;
  for (const [id, each] of [...batches].reverse()) {
    sum += each.length;
    if (sum > MOST_CODES && id !== batchId) batches.delete(id);
  }
  return codes;
}

async function fetchCodes(db: Database, batchId: string): Promise<string[]> {
  const { redis, keys } = db;
  // As a flat list: an object of 10,000 names costs more than all that is done with it.
  const flat = (await redis.call('HGETALL', `${keys.batch(batchId)}:names`)) as string[];
  const codes: string[] = [];
  for (let at = 0; at < flat.length; at += 2)
    codes[Number(flat[at + 1])] = (flat[at] ?? '').toLocaleLowerCase();
  return codes;
}
