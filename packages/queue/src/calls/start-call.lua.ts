import { SHARED } from '../batch-store/batch.lua.ts';
import { TALLY } from '../batch-store/tally.lua.ts';
import { defineScript } from '../redis/script.ts';

/**
 * The last look before money is spent, and the reservation of that money.
 * KEYS: batch, pace, call window, BullMQ's lock of this job, quota, spend buckets, calls of this day, breaker, unsettled requests,
 * calls in parcels.
 * ARGV: 1 index, 2 run, 3 token (unique to this request), 4 the lock that this worker was given, 5 configured calls per minute, 6 window (ms),
 * 7 estimate (millionths of a dollar), 8 calls per day or 0, 9 ms until the day ends, 10 spend per ten minutes or 0,
 * 11 how long a reservation lasts that nobody settles (ms), 12 batch id, 13 worker, 14 call key, 15 pool.
 *
 * What is needed to book the request stands in the unsettled requests from now on, apart from the batch: whatever
 * becomes of its job, its worker and its batch, somebody will book it (`settle-lost-calls.ts`).
 *
 * Returns {'ok'} and counts the call as made, or why not:
 *   {'lost'}        the job belongs to another worker: this process was frozen for longer than its lock
 *   {'stale'}       the batch no longer wants it
 *   {'parcelled'}   it is in a provider batch that has not ended: nobody may buy it a second time
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
if redis.call('HEXISTS', KEYS[10], ARGV[14]) == 1 then return { 'parcelled' } end
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
  batchId = ARGV[12], index = tonumber(index), worker = ARGV[13], callKey = ARGV[14], pool = ARGV[15],
  bucket = bucket, estimate = estimate, day = KEYS[7], ['until'] = math.floor(now + tonumber(ARGV[11])),
}))
redis.call('ZADD', KEYS[3], now, token)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - 60000)
return { 'ok' }
`);

/**
 * A request that was counted leaves only now: in the window it counts from here on. KEYS: call window. ARGV: token.
 */
export const leaveLateScript = defineScript(/* lua */ `
local t = redis.call('TIME')
redis.call('ZADD', KEYS[1], 'XX', tonumber(t[1]) * 1000 + tonumber(t[2]) / 1000, ARGV[1])
return 1
`);
