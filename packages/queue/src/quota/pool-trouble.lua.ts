import { defineScript } from '../redis/script.ts';

/**
 * Why a pool makes no calls. KEYS: breaker, pace, calls of this day, pools without a worker. ARGV: 1 how long the breaker has
 * to be open, or the pool without a worker (ms), 2 calls per day or 0, 3 pool, 4 1 when a worker serves it.
 *
 * Notes since when the breaker is open (`openedAt`), where an earlier version opened it and noted nothing; forgets that with
 * the breaker. Returns {reason or '', 1 when one call may find out whether the model is still down}.
 */
export const poolTroubleScript = defineScript(/* lua */ `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local after = tonumber(ARGV[1])

local unserved_since = redis.call('HGET', KEYS[4], ARGV[3])
if ARGV[4] == '1' then
  if unserved_since then redis.call('HDEL', KEYS[4], ARGV[3]) end
elseif not unserved_since then
  redis.call('HSET', KEYS[4], ARGV[3], now)
elseif now - tonumber(unserved_since) >= after then
  return { 'unserved', 0 }
end

local breaker = redis.call('HMGET', KEYS[1], 'openUntil', 'openedAt', 'probeUntil')
if breaker[1] then
  if not breaker[2] then
    redis.call('HSET', KEYS[1], 'openedAt', now)
  elseif now - tonumber(breaker[2]) >= after then
    local is_due = tonumber(breaker[1]) <= now and not (breaker[3] and tonumber(breaker[3]) > now)
    return { 'down', is_due and 1 or 0 }
  end
elseif breaker[2] then
  redis.call('HDEL', KEYS[1], 'openedAt')
end

local limited = redis.call('HMGET', KEYS[2], 'limitedUntil', 'limitedFor')
if limited[1] and tonumber(limited[1]) > now then return { limited[2], 0 } end
local day_limit = tonumber(ARGV[2])
if day_limit > 0 and tonumber(redis.call('GET', KEYS[3]) or '0') >= day_limit then return { 'dayLimit', 0 } end
return { '', 0 }
`);
