import {
  clearOperatorMessage,
  listOperatorMessages,
  raiseOperatorMessage,
} from '../fleet/operator-messages.ts';
import type { Database } from '../redis/database.ts';
import type { PoolTroubles } from './pool-trouble.ts';

/** SKUs wait for a model that no worker has. */
const UNSERVED_MESSAGE = 'MODEL_UNSERVED';

/** Fields of the count in which SKUs stand by the pools of their batch; see `count-waiting.lua.ts`. */
const OPEN = 'open:';

/**
 * Tells the operator which models batches wait for that no worker has, when nothing else may make their pictures, and takes it
 * back. Safe to run anywhere, any number of times.
 */
export async function tellUnserved(db: Database, troubles: Pick<PoolTroubles, 'of'>): Promise<void> {
  const { redis, keys } = db;
  const stuck = new Set<string>();
  for (const [field, skus] of Object.entries(await redis.hgetall(keys.waiting))) {
    if (!field.startsWith(OPEN) || Number(skus) <= 0) continue;
    const pools = field.slice(OPEN.length).split(',');
    const all = await Promise.all(pools.map((pool) => troubles.of(pool)));
    if (all.every((trouble) => trouble?.why === 'unserved')) for (const pool of pools) stuck.add(pool);
  }
  for (const pool of stuck) {
    const message =
      `SKUs wait for the model ${pool}, which no worker has. Describe it in STUDIO_MODELS of the workers, ` +
      'or cancel the batches that name it.';
    await raiseOperatorMessage({ redis, keys: keys.pool(pool) }, UNSERVED_MESSAGE, message);
  }
  for (const { code, pool } of await listOperatorMessages(db)) {
    if (code !== UNSERVED_MESSAGE || pool === undefined || stuck.has(pool)) continue;
    await clearOperatorMessage({ redis, keys: keys.pool(pool) }, UNSERVED_MESSAGE);
  }
}
