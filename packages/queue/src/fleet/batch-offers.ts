import type { Database } from '../redis/database.ts';

/** Notes for all processes whether a model of a pool says of itself that it makes batches of calls. */
export async function noteBatchOffer(
  { redis, keys }: Database,
  { pool, model }: { pool: string; model: string },
  isOffered: boolean,
): Promise<void> {
  const name = batchOfferName(pool, model);
  if (isOffered) await redis.srem(keys.withoutBatches, name);
  else await redis.sadd(keys.withoutBatches, name);
}

/** `batchOfferName` of models that say that they make none. */
export async function modelsWithoutBatches({ redis, keys }: Database): Promise<Set<string>> {
  return new Set(await redis.smembers(keys.withoutBatches));
}

export const batchOfferName = (pool: string, model: string): string => `${pool} ${model}`;
