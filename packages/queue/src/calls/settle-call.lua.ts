import { SHARED } from '../batch-store/batch.lua.ts';
import { TALLY } from '../batch-store/tally.lua.ts';
import { defineScript } from '../redis/script.ts';

/**
 * Settles a request that was sent: the reservation becomes what it cost. A request is settled once, however often
 * this runs, with one exception: one that was booked as lost, because its worker was taken for dead, is booked anew when its answer comes
 * after all. A batch that is gone has no books any more; the fleet's are kept all the same. Returns -1 when there was
 * nothing to settle, else whether the breaker is open. KEYS: batch, totals, spend buckets, calls of this day, breaker, call latencies,
 * cost of this day, unsettled requests, prices. All but the batch, the totals and the unsettled requests are the pool's.
 * ARGV: 1 index, 2 token, 3 'ok' or 'failed', 4 cost (millionths of a dollar), 5 outcome label,
 * 6 'up', 'down' or '' (what it says of the model's health), 7 1 when the provider did not count the call,
 * 8 latency (ms), 9 what the names of the pool's own fields end with.
 *
 * The breaker opens when 13 of the last 20 calls met a model that is down: at a fault rate of 25 % that happens once
 * in 10,000 windows. It stays open for 15 s, doubled by each failed probe up to 120 s.
 */
export const settleCallScript = defineScript(/* lua */ `
${SHARED}
${TALLY}
local b, token = KEYS[1], ARGV[2]
local note = redis.call('HGET', b .. ':calls', token) or ''
local entry = redis.call('HGET', KEYS[8], token)
local request = entry and cjson.decode(entry) or {}
redis.call('HDEL', KEYS[8], token)
local known = redis.call('EXISTS', b) == 1
local is_lost = ARGV[5] == 'lost'
-- What is booked of it already: dollars (millionths), and whether it counts as failed.
local booked, was_lost = 0, false
local bucket, estimate = string.match(note, '^s(%d+):(%d+)')
if not bucket then
  bucket, booked = string.match(note, '^l(%d+):(%d+)')
  if bucket and not is_lost then
    was_lost, estimate = true, booked
  elseif not known and request.bucket then
    bucket, estimate, booked = request.bucket, request.estimate, 0
  else
    return -1
  end
end
booked = tonumber(booked)
local cost, is_ok = tonumber(ARGV[4]), ARGV[3] == 'ok'
if known then
  redis.call('HSET', b .. ':calls', token, is_lost and 'l' .. bucket .. ':' .. ARGV[4] or is_ok and 'o' or 'f')
  redis.call('ZREM', b .. ':reserved', estimate .. ':' .. token)
  if not is_ok and not was_lost then
    redis.call('HINCRBY', b, 'callsFailed', 1)
    tally_history(b, '0 0 0 0 1')
  elseif is_ok and was_lost then
    redis.call('HINCRBY', b, 'callsFailed', -1)
  end
  redis.call('HINCRBY', b, 'costMicroUsd', cost - booked)
  touch(b, ARGV[1])
end
if not was_lost then redis.call('HINCRBY', KEYS[2], 'calls:' .. ARGV[5] .. ARGV[9], 1) end
redis.call('HINCRBY', KEYS[2], 'costMicroUsd', cost - booked)
redis.call('HINCRBY', KEYS[3], bucket, cost - tonumber(estimate))
if ARGV[7] == '1' then redis.call('DECR', request.day or KEYS[4]) end
redis.call('INCRBY', KEYS[7], cost - booked)
redis.call('EXPIRE', KEYS[7], 30 * 86400)
if is_ok and ARGV[8] ~= '0' then
  redis.call('LPUSH', KEYS[6], ARGV[8])
  redis.call('LTRIM', KEYS[6], 0, 199)
  redis.call('LPUSH', KEYS[9], cost)
  redis.call('LTRIM', KEYS[9], 0, 199)
end

-- Only the probe itself says how the probing went; calls that left before the breaker opened still come back.
local now, isProbe = now_ms(), redis.call('HGET', KEYS[5], 'probe') == token
if isProbe then redis.call('HDEL', KEYS[5], 'probe', 'probeUntil') end
if ARGV[6] == 'up' then
  redis.call('HDEL', KEYS[5], 'openUntil', 'openedAt', 'probe', 'probeUntil', 'opened')
  if redis.call('HEXISTS', KEYS[5], 'recent') == 1 then
    local recent = string.sub('0' .. redis.call('HGET', KEYS[5], 'recent'), 1, 20)
    redis.call('HSET', KEYS[5], 'recent', recent)
  end
elseif ARGV[6] == 'down' then
  local recent = string.sub('1' .. (redis.call('HGET', KEYS[5], 'recent') or ''), 1, 20)
  redis.call('HSET', KEYS[5], 'recent', recent)
  local _, faults = string.gsub(recent, '1', '')
  if isProbe or faults >= 13 then
    local opened = redis.call('HINCRBY', KEYS[5], 'opened', 1)
    -- Left behind by a version that does not know it, when the breaker closed.
    if opened == 1 then redis.call('HDEL', KEYS[5], 'openedAt') end
    redis.call('HSETNX', KEYS[5], 'openedAt', math.floor(now))
    redis.call('HSET', KEYS[5], 'recent', '', 'openUntil', math.floor(now + math.min(120000, 15000 * 2 ^ (opened - 1))))
  end
end
return redis.call('HEXISTS', KEYS[5], 'openUntil')
`);
