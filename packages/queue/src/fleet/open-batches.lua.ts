import { defineScript } from '../redis/script.ts';

/**
 * Batches that have not ended, and for how long SKUs have waited at most. KEYS: open, enqueueing, then lists and sorted sets of
 * waiting SKU jobs. ARGV: prefix of batch keys, prefix of job keys, jobs to look at in each. Returns `{count, ms}`.
 * A SKU without a job waits since its batch was submitted or set going again, one with a job since that was added.
 */
export const openBatchesScript = defineScript(/* lua */ `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local since = now
local function look(at) if at and tonumber(at) < since then since = tonumber(at) end end
local waiting = redis.call('ZRANGE', KEYS[2], 0, -1, 'WITHSCORES')
for i = 1, #waiting, 2 do
  if redis.call('HGET', ARGV[1] .. waiting[i], 'paused') == '0' then look(waiting[i + 1]) end
end
for i = 3, #KEYS do
  local isList = redis.call('TYPE', KEYS[i]).ok == 'list'
  for _, id in ipairs(redis.call(isList and 'LRANGE' or 'ZRANGE', KEYS[i], 0, ARGV[3] - 1)) do
    look(redis.call('HGET', ARGV[2] .. id, 'timestamp'))
  end
end
return { redis.call('ZCARD', KEYS[1]), now - since }
`);
