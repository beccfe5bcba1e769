import type { Database } from '../redis/database.ts';
import { defineScript } from '../redis/script.ts';

/** Open batches that are looked at in one go; up to so many, every figure is of this moment. */
export const OPEN_SLICE = 200;

/** How many SKUs of the fleet wait: all, and those whose batch is not paused. Takes the same whatever waits. */
export async function readWaiting({ redis, keys }: Database): Promise<{ skus: number; startable: number }> {
  const [skus = 0, startable = 0] = (await readWaitingScript(
    redis,
    [keys.open, keys.waiting],
    [keys.batch('')],
  )) as number[];
  return { skus, startable };
}

/**
 * How many SKUs wait. KEYS: open, waiting. ARGV: prefix of batch keys. Returns `{all, of those the ones whose batch is not
 * paused}`; where more batches are open than one slice, as of the last round.
 */
const readWaitingScript = defineScript(/* lua */ `
if redis.call('ZCARD', KEYS[1]) > ${OPEN_SLICE} then
  local told = redis.call('HMGET', KEYS[2], 'skus', 'startable')
  if told[1] then return { tonumber(told[1]), tonumber(told[2]) } end
end
local skus, startable = 0, 0
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, ${OPEN_SLICE} - 1)) do
  local head = redis.call('HMGET', ARGV[1] .. id, 'waiting', 'paused')
  skus = skus + tonumber(head[1] or '0')
  if head[2] ~= '1' then startable = startable + tonumber(head[1] or '0') end
end
return { skus, startable }
`);
