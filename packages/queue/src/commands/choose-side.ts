import type { Database } from '../redis/database.ts';
import { defineScript } from '../redis/script.ts';

/** KEYS: batch. ARGV: place of the SKU, model or '' when none is better, 1 to take the choice back. Returns 1, or 0 without a batch. */
const chooseSideScript = defineScript(/* lua */ `
local b = KEYS[1]
if redis.call('EXISTS', b) == 0 then return 0 end
if ARGV[3] == '1' then redis.call('HDEL', b .. ':choices', ARGV[1])
else redis.call('HSET', b .. ':choices', ARGV[1], ARGV[2]) end
redis.call('HINCRBY', b, 'seq', 1)
return 1
`);

/** Keeps which model's pictures of a SKU a person finds better: `''` none, `null` takes the choice back. */
export async function chooseSide(
  { redis, keys }: Database,
  batchId: string,
  index: number,
  model: string | null,
): Promise<void> {
  await chooseSideScript(redis, [keys.batch(batchId)], [index, model ?? '', model === null ? 1 : 0]);
}

/** By place of the SKU: the model whose pictures somebody found better, `''` for none. */
export async function readChoices({ redis, keys }: Database, batchId: string): Promise<Map<number, string>> {
  const choices = await redis.hgetall(`${keys.batch(batchId)}:choices`);
  return new Map(Object.entries(choices).map(([index, model]) => [Number(index), model]));
}
