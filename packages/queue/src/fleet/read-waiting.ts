import { DEFAULT_POOL } from '@image-studio/contract';
import type { Database } from '../redis/database.ts';
import { defineScript } from '../redis/script.ts';

/** Open batches that are looked at in one go; up to so many, every figure is of this moment. */
export const OPEN_SLICE = 200;

/**
 * How many SKUs of the fleet wait: all, and those whose batch is not paused. `pools`: only of batches that may take calls of one of
 * these. Takes the same whatever waits.
 */
export async function readWaiting(
  { redis, keys }: Database,
  pools: readonly string[] = [],
): Promise<{ skus: number; startable: number }> {
  const [skus = 0, startable = 0] = (await readWaitingScript(
    redis,
    [keys.open, keys.waiting],
    [keys.batch(''), DEFAULT_POOL, ...pools],
  )) as number[];
  return { skus, startable };
}

/**
 * How many SKUs wait. KEYS: open, waiting. ARGV: prefix of batch keys, default pool, then the pools whose batches count (none: all
 * do). Returns `{all, of those the ones whose batch is not paused}`; where more batches are open than one slice, as of the last round.
 */
const readWaitingScript = defineScript(/* lua */ `
local wanted = {}
for i = 3, #ARGV do wanted[ARGV[i]] = true end
local function counts(pools)
  if #ARGV < 3 then return true end
  for name in string.gmatch(pools or ARGV[2], '[^,]+') do if wanted[name] then return true end end
  return false
end
if redis.call('ZCARD', KEYS[1]) > ${OPEN_SLICE} then
  local told = redis.call('HMGET', KEYS[2], 'skus', 'startable')
  if told[1] and #ARGV < 3 then return { tonumber(told[1]), tonumber(told[2]) } end
  if told[1] then
    local skus, startable, sums = 0, 0, redis.call('HGETALL', KEYS[2])
    for i = 1, #sums, 2 do
      local pools = string.match(sums[i], '^waiting:(.*)$')
      if pools and counts(pools) then skus = skus + tonumber(sums[i + 1]) end
      pools = string.match(sums[i], '^startable:(.*)$')
      if pools and counts(pools) then startable = startable + tonumber(sums[i + 1]) end
    end
    return { skus, startable }
  end
end
local skus, startable = 0, 0
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, ${OPEN_SLICE} - 1)) do
  local head = redis.call('HMGET', ARGV[1] .. id, 'waiting', 'paused', 'pools')
  if counts(head[3]) then
    skus = skus + tonumber(head[1] or '0')
    if head[2] ~= '1' then startable = startable + tonumber(head[1] or '0') end
  end
end
return { skus, startable }
`);
