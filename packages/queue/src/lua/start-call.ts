import { defineScript } from '../script.ts';
import { SHARED } from './shared.ts';
import { TALLY } from './tally.ts';

/**
 * The last look before money is spent, and the reservation of that money.
 * KEYS: batch, pace, call window, BullMQ's lock of this job, quota, spend buckets, calls of this day, breaker, unsettled requests.
 * ARGV: 1 index, 2 run, 3 token (unique to this request), 4 the lock that this worker was given, 5 configured calls per minute, 6 window (ms),
 * 7 estimate (millionths of a dollar), 8 calls per day or 0, 9 ms until the day ends, 10 spend per ten minutes or 0,
 * 11 how long a reservation lasts that nobody settles (ms), 12 batch id, 13 worker, 14 call key.
 *
 * What is needed to book the request stands in the unsettled requests from now on, apart from the batch: whatever
 * becomes of its job, its worker and its batch, somebody will book it (`settle-lost-calls.ts`).
 *
 * Returns {'ok'} and counts the call as made, or why not:
 *   {'lost'}        the job belongs to another worker: this process was frozen for longer than its lock
 *   {'stale'}       the batch no longer wants it
 *   {'paused', ms}  the provider asked us to wait, or the breaker is open
 *   {'full', ms}    the last tenth of a minute holds a tenth of the quota, because earlier calls started late: the
 *                   slot says when a call should start, this says when it may
 *   {'day', ms} {'spend', ms}  the fleet's further quotas are used up for so long
 *   {'spendTooSmall'} the limit of ten minutes is less than this call alone
 *   {'budget'}      it could take the batch over its budget
 */
export const startCallScript = defineScript(/* lua */ `
${SHARED}
${TALLY}
local b, index, run, token = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3]
if redis.call('GET', KEYS[4]) ~= ARGV[4] then return { 'lost' } end
local head = redis.call('HMGET', b, 'minRun', 'budgetMicroUsd', 'costMicroUsd')
if not head[1] or run < tonumber(head[1]) then return { 'stale' } end
if state_of(b, index) ~= 'a' then return { 'stale' } end
-- Asked again, because the answer was lost: it is counted.
if string.match(redis.call('HGET', b .. ':calls', token) or '', '^s%d') then return { 'ok' } end
local now = now_ms()
local estimate = tonumber(ARGV[7])

local wait = tonumber(redis.call('HGET', KEYS[2], 'pausedUntil') or '0') - now
if wait > 0 then return { 'paused', math.ceil(wait) } end

-- An open breaker lets one call through when its pause is over: the probe.
local breaker = redis.call('HMGET', KEYS[8], 'openUntil', 'probeUntil')
if breaker[1] then
  if tonumber(breaker[1]) > now then return { 'paused', math.ceil(tonumber(breaker[1]) - now) } end
  if breaker[2] and tonumber(breaker[2]) > now then return { 'paused', 1000 } end
end

local limit = math.max(1, math.ceil(tonumber(redis.call('HGET', KEYS[5], 'callsPerMinute') or ARGV[5]) / 10))
local window = tonumber(ARGV[6])
if redis.call('ZCOUNT', KEYS[3], now - window, '+inf') >= limit then
  local leaving = redis.call('ZRANGE', KEYS[3], -limit, -limit, 'WITHSCORES')
  return { 'full', math.ceil(tonumber(leaving[2]) + window - now) + 1 }
end

local dayLimit = tonumber(ARGV[8])
if dayLimit > 0 and tonumber(redis.call('GET', KEYS[7]) or '0') >= dayLimit then return { 'day', tonumber(ARGV[9]) } end

-- Ten rolling minutes in buckets of ten seconds: a crashed worker's reservation leaves with its bucket.
local spendLimit = tonumber(ARGV[10])
local bucket = math.floor(now / 10000)
local buckets, spent, oldest = redis.call('HGETALL', KEYS[6]), 0, bucket
for i = 1, #buckets, 2 do
  local at = tonumber(buckets[i])
  if at <= bucket - 60 then
    redis.call('HDEL', KEYS[6], buckets[i])
  else
    spent = spent + tonumber(buckets[i + 1])
    if tonumber(buckets[i + 1]) > 0 and at < oldest then oldest = at end
  end
end
if spendLimit > 0 and estimate > spendLimit then return { 'spendTooSmall' } end
if spendLimit > 0 and spent + estimate > spendLimit then
  return { 'spend', math.ceil((oldest + 61) * 10000 - now) }
end

local budget = tonumber(head[2] or '0')
if budget > 0 then
  local reserved = b .. ':reserved'
  redis.call('ZREMRANGEBYSCORE', reserved, '-inf', now)
  local open = 0
  for _, member in ipairs(redis.call('ZRANGE', reserved, 0, -1)) do
    open = open + tonumber(string.match(member, '^(%d+):'))
  end
  if tonumber(head[3]) + open + estimate > budget then return { 'budget' } end
  redis.call('ZADD', reserved, now + tonumber(ARGV[11]), ARGV[7] .. ':' .. token)
end

if breaker[1] then
  redis.call('HSET', KEYS[8], 'probe', token, 'probeUntil', math.floor(now + tonumber(ARGV[11])))
end
if redis.call('HSETNX', b .. ':calls', token, 's') == 1 then
  redis.call('HINCRBY', b, 'callsMade', 1)
  tally_history(b, '0 0 0 1 0')
  touch(b, index)
end
redis.call('INCR', KEYS[7])
redis.call('PEXPIRE', KEYS[7], tonumber(ARGV[9]) + 86400000)
redis.call('HINCRBY', KEYS[6], bucket, estimate)
redis.call('HSET', b .. ':calls', token, 's' .. bucket .. ':' .. estimate)
redis.call('HSET', KEYS[9], token, cjson.encode({
  batchId = ARGV[12], index = tonumber(index), worker = ARGV[13], callKey = ARGV[14],
  bucket = bucket, estimate = estimate, day = KEYS[7], ['until'] = math.floor(now + tonumber(ARGV[11])),
}))
redis.call('ZADD', KEYS[3], now, token)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - 60000)
return { 'ok' }
`);

/**
 * Settles a request that was sent: the reservation becomes what it cost. A request is settled once, however often
 * this runs, with one exception: one that was booked as lost, because its worker was taken for dead, is booked anew when its answer comes
 * after all. A batch that is gone has no books any more; the fleet's are kept all the same. Returns -1 when there was
 * nothing to settle, else whether the breaker is open. KEYS: batch, totals, spend buckets, calls of this day, breaker, call latencies,
 * cost of this day, unsettled requests.
 * ARGV: 1 index, 2 token, 3 'ok' or 'failed', 4 cost (millionths of a dollar), 5 outcome label,
 * 6 'up', 'down' or '' (what it says of the model's health), 7 1 when the provider did not count the call,
 * 8 latency (ms).
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
if not was_lost then redis.call('HINCRBY', KEYS[2], 'calls:' .. ARGV[5], 1) end
redis.call('HINCRBY', KEYS[2], 'costMicroUsd', cost - booked)
redis.call('HINCRBY', KEYS[3], bucket, cost - tonumber(estimate))
if ARGV[7] == '1' then redis.call('DECR', request.day or KEYS[4]) end
redis.call('INCRBY', KEYS[7], cost - booked)
redis.call('EXPIRE', KEYS[7], 30 * 86400)
if is_ok and ARGV[8] ~= '0' then
  redis.call('LPUSH', KEYS[6], ARGV[8])
  redis.call('LTRIM', KEYS[6], 0, 199)
end

-- Only the probe itself says how the probing went; calls that left before the breaker opened still come back.
local now, isProbe = now_ms(), redis.call('HGET', KEYS[5], 'probe') == token
if isProbe then redis.call('HDEL', KEYS[5], 'probe', 'probeUntil') end
if ARGV[6] == 'up' then
  redis.call('HDEL', KEYS[5], 'openUntil', 'probe', 'probeUntil', 'opened')
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
    redis.call('HSET', KEYS[5], 'recent', '', 'openUntil', math.floor(now + math.min(120000, 15000 * 2 ^ (opened - 1))))
  end
end
return redis.call('HEXISTS', KEYS[5], 'openUntil')
`);

/**
 * Names requests that nobody will settle: the worker that sent them is dead, or their time is long over (it lives, and lost
 * sight of them). KEYS: unsettled requests, pulses. ARGV: a worker that was not heard of for so long is dead (ms).
 * Returns {token, request as JSON, token, request as JSON, …}.
 */
export const lostCallsScript = defineScript(/* lua */ `
${SHARED}
local now, result = now_ms(), {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local request = cjson.decode(all[i + 1])
  local heard = tonumber(redis.call('ZSCORE', KEYS[2], request.worker) or '0')
  if heard < now - tonumber(ARGV[1]) or request['until'] < now then
    result[#result + 1] = all[i]
    result[#result + 1] = all[i + 1]
  end
end
return result
`);
