import type { Database } from '../redis/database.ts';

/** Batches that are looked into, the newest: one command each, a few milliseconds together. */
const MOST_BATCHES = 2000;
/** Commands in one round trip. */
const CHUNK = 200;

/** The batches of a tenant that have a SKU of exactly this code, newest first, at most `limit`. */
export async function listSkuPlaces(
  { redis, keys }: Database,
  { tenant, sku, limit }: { tenant: string; sku: string; limit: number },
): Promise<{ batchId: string; batchName: string | null }[]> {
  const ids = await redis.zrevrange(keys.batches(tenant), 0, MOST_BATCHES - 1);
  const found: string[] = [];
  for (let from = 0; from < ids.length && found.length < limit; from += CHUNK) {
    const chunk = ids.slice(from, from + CHUNK);
    const has = await Promise.all(chunk.map((id) => redis.hexists(`${keys.batch(id)}:names`, sku)));
    found.push(...chunk.filter((_, position) => has[position] === 1));
  }
  return Promise.all(
    found.slice(0, limit).map(async (batchId) => ({
      batchId,
      batchName: (await redis.hget(keys.batch(batchId), 'name')) || null,
    })),
  );
}
