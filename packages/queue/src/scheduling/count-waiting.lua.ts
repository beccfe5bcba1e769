import { OPEN_SLICE } from '../fleet/read-waiting.ts';
import { FAIR_SHARE } from '../quota/fair-share.lua.ts';
import { defineScript } from '../redis/script.ts';

/**
 * Counts what waits, a slice of the open batches at each run, and publishes the counts when all batches have been looked at: by
 * tenant the calls that are left (`left:<tenant>` in the clock), and how many SKUs wait, also by the pools of their batch
 * (`waiting:<pools>`, of those that are not paused `startable:<pools>`, and with the active ones `open:<pools>`). KEYS: open,
 * clock, waiting, waiting of the round that is under way. ARGV: prefix of batch keys, default pool. A slice takes Redis half a
 * millisecond; 1,000 open batches take five.
 */
export const countWaitingScript = defineScript(/* lua */ `
${FAIR_SHARE}
local clock, told, round = KEYS[2], KEYS[3], KEYS[4]
local from = tonumber(redis.call('HGET', round, 'from') or '0')
local ids = redis.call('ZRANGE', KEYS[1], from, from + ${OPEN_SLICE} - 1)
local skus, startable, left = 0, 0, {}
for _, id in ipairs(ids) do
  local head = turn_fields(ARGV[1] .. id, clock)
  if head[2] then
    local more = redis.call('HMGET', ARGV[1] .. id, 'paused', 'pools')
    local pools = more[2] or ARGV[2]
    skus = skus + tonumber(head[3])
    redis.call('HINCRBY', round, 'waiting:' .. pools, head[3])
    if more[1] ~= '1' then
      local can_start = math.min(tonumber(head[3]), skus_left(head))
      startable = startable + can_start
      redis.call('HINCRBY', round, 'startable:' .. pools, can_start)
      redis.call('HINCRBY', round, 'open:' .. pools, tonumber(head[3]) + tonumber(head[4]))
      left[head[2]] = (left[head[2]] or 0) + batch_turn(head, 0).left
    end
  end
end
redis.call('HINCRBY', round, 'skus', skus)
redis.call('HINCRBY', round, 'startable', startable)
for tenant, calls in pairs(left) do redis.call('HINCRBYFLOAT', round, 'left:' .. tenant, tostring(calls)) end
if #ids == ${OPEN_SLICE} then
  redis.call('HSET', round, 'from', from + ${OPEN_SLICE})
  return 0
end
redis.call('HDEL', round, 'from')
for _, field in ipairs(redis.call('HKEYS', told)) do
  if string.sub(field, 1, 5) == 'left:' and redis.call('HEXISTS', round, field) == 0 then redis.call('HDEL', clock, field) end
end
local sums = redis.call('HGETALL', round)
for i = 1, #sums, 2 do
  if string.sub(sums[i], 1, 5) == 'left:' then redis.call('HSET', clock, sums[i], sums[i + 1]) end
end
redis.call('RENAME', round, told)
return 1
`);
