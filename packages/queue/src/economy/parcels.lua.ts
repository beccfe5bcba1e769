import { SHARED } from '../batch-store/batch.lua.ts';
import { TALLY } from '../batch-store/tally.lua.ts';
import { defineScript } from '../redis/script.ts';

/**
 * Makes a parcel of parked calls, with the reservation of what they cost, in one step. KEYS: batch, parcel, parcels, calls in parcels, unsettled
 * requests. ARGV: 1 batch id, 2 parcel id, 3 pool, 4 model, 5 display name, 6 how long a reservation lasts that nobody settles (ms), then
 * of each call: call key, member of the parked calls, index, run, estimate (millionths of a dollar), what is remembered of it (JSON).
 * Calls that nobody wants any more, and those that are on the wire or in another parcel, are left out; when the budget is used up the rest
 * stays parked. Returns {calls in the parcel, 1 when the budget bears no more}.
 */
export const intendParcelScript = defineScript(/* lua */ `
${SHARED}
${TALLY}
local b, parcel, id = KEYS[1], KEYS[2], ARGV[2]
local head = redis.call('HMGET', b, 'minRun', 'budgetMicroUsd', 'costMicroUsd', 'paused', 'isCancelled', 'released')
if not head[1] or head[4] == '1' or head[5] == '1' or head[6] == '1' then return { 0, 0 } end
if redis.call('EXISTS', parcel) == 1 then return { 0, 0 } end
local now = now_ms()
local budget, spent, reserved = tonumber(head[2] or '0'), tonumber(head[3] or '0'), b .. ':reserved'
if budget > 0 then
  redis.call('ZREMRANGEBYSCORE', reserved, '-inf', now)
  for _, member in ipairs(redis.call('ZRANGE', reserved, 0, -1)) do
    spent = spent + tonumber(string.match(member, '^(%d+):'))
  end
end
local on_the_wire = {}
for _, request in ipairs(redis.call('HVALS', KEYS[5])) do on_the_wire[cjson.decode(request).callKey] = true end
local taken, is_over = 0, 0
for i = 7, #ARGV, 6 do
  local call_key, member, index, run, estimate = ARGV[i], ARGV[i + 1], ARGV[i + 2], tonumber(ARGV[i + 3]), tonumber(ARGV[i + 4])
  local is_wanted = run >= tonumber(head[1]) and state_of(b, index) == 'a' and redis.call('ZSCORE', b .. ':economy', member)
  if is_wanted and not on_the_wire[call_key] and redis.call('HEXISTS', KEYS[4], call_key) == 0 then
    if budget > 0 and spent + estimate > budget then
      is_over = 1
      break
    end
    spent = spent + estimate
    local token = id .. '.' .. call_key
    if budget > 0 then redis.call('ZADD', reserved, now + tonumber(ARGV[6]), ARGV[i + 4] .. ':' .. token) end
    redis.call('ZREM', b .. ':economy', member)
    redis.call('HSET', KEYS[4], call_key, id)
    redis.call('HSET', parcel .. ':calls', call_key, ARGV[i + 5])
    redis.call('HSET', b .. ':calls', token, 'p')
    touch(b, index)
    taken = taken + 1
  end
end
if taken == 0 then return { 0, is_over } end
redis.call('HINCRBY', b, 'callsMade', taken)
tally_history(b, '0 0 0 ' .. taken .. ' 0')
redis.call('HINCRBY', b, 'economyAtProvider', taken)
redis.call('SADD', b .. ':parcels', id)
redis.call('HSET', parcel, 'id', id, 'batchId', ARGV[1], 'pool', ARGV[3], 'model', ARGV[4], 'displayName', ARGV[5],
  'state', 'intended', 'attempt', 0, 'calls', taken, 'createdAt', math.floor(now))
redis.call('ZADD', KEYS[3], math.floor(now), id)
return { taken, is_over }
`);

/**
 * Moves a parcel on, unless another process has. KEYS: parcel, parcels. ARGV: parcel id, state that it is in, attempt that it
 * is in, its next state, milliseconds until the next look, then fields and values. An attempt is one create: only the process
 * that has begun it may send it.
 */
export const moveParcelScript = defineScript(/* lua */ `
local head = redis.call('HMGET', KEYS[1], 'state', 'attempt')
if head[1] ~= ARGV[2] or head[2] ~= ARGV[3] then return 0 end
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
redis.call('HSET', KEYS[1], 'state', ARGV[4])
for i = 6, #ARGV, 2 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  if ARGV[i] == 'attempt' then redis.call('HSET', KEYS[1], 'askedAt', now) end
end
redis.call('ZADD', KEYS[2], now + tonumber(ARGV[5]), ARGV[1])
return 1
`);

/**
 * Books one call of a parcel, once. KEYS: batch, parcel, calls in parcels, totals, cost of this day. ARGV: 1 parcel id, 2 call key,
 * 3 'ok', 'failed', or 'unsent' (the provider never got it), 4 cost (millionths of a dollar), 5 outcome label,
 * 6 what the names of the pool's own fields end with.
 * Returns -1 when it was booked before, else how many parcels have failed to bring it. A batch that is gone has no books any more; the
 * fleet's are kept all the same.
 */
export const settleParcelledScript = defineScript(/* lua */ `
${SHARED}
${TALLY}
local b, id, call_key, verdict, cost = KEYS[1], ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
if redis.call('HGET', KEYS[3], call_key) ~= id then return -1 end
redis.call('HDEL', KEYS[3], call_key)
local call = cjson.decode(redis.call('HGET', KEYS[2] .. ':calls', call_key))
local token, tries = id .. '.' .. call_key, 0
if redis.call('EXISTS', b) == 1 then
  redis.call('ZREM', b .. ':reserved', string.format('%d', call.estimate) .. ':' .. token)
  redis.call('HINCRBY', b, 'economyAtProvider', -1)
  if verdict == 'unsent' then
    redis.call('HDEL', b .. ':calls', token)
    redis.call('HINCRBY', b, 'callsMade', -1)
  else
    redis.call('HSET', b .. ':calls', token, verdict == 'ok' and 'o' or 'f')
    redis.call('HINCRBY', b, 'costMicroUsd', cost)
  end
  if verdict == 'ok' then redis.call('HINCRBY', b, 'economyBack', 1) end
  if verdict == 'failed' then
    redis.call('HINCRBY', b, 'callsFailed', 1)
    tally_history(b, '0 0 0 0 1')
    -- A provider that did not begin the batch within two days says nothing of the call.
    if ARGV[5] ~= 'expired' then tries = redis.call('HINCRBY', b .. ':lineErrors', call_key, 1) end
  end
  touch(b, call.index)
end
if verdict == 'unsent' then return tries end
redis.call('HINCRBY', KEYS[4], 'calls:' .. ARGV[5] .. ARGV[6], 1)
redis.call('HINCRBY', KEYS[4], 'costMicroUsd', cost)
redis.call('INCRBY', KEYS[5], cost)
redis.call('EXPIRE', KEYS[5], 30 * 86400)
return tries
`);

/**
 * Ends a parcel of which nothing is left to book; it is remembered for a while. KEYS: parcel, parcels, parcels of the batch, calls in parcels.
 * ARGV: parcel id, state, seconds. Returns 0 when something is left.
 */
export const closeParcelScript = defineScript(/* lua */ `
for _, call_key in ipairs(redis.call('HKEYS', KEYS[1] .. ':calls')) do
  if redis.call('HGET', KEYS[4], call_key) == ARGV[1] then return 0 end
end
redis.call('HSET', KEYS[1], 'state', ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('SREM', KEYS[3], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('EXPIRE', KEYS[1] .. ':calls', ARGV[3])
return 1
`);

/** Releases a batch, because its deadline is near. KEYS: batch. Returns 1 when this call released the batch. */
export const releaseBatchScript = defineScript(/* lua */ `
local b = KEYS[1]
if redis.call('EXISTS', b) == 0 or redis.call('HGET', b, 'released') == '1' then return 0 end
redis.call('HSET', b, 'released', 1)
redis.call('HINCRBY', b, 'seq', 1)
return 1
`);

/**
 * Takes a batch out of the economy lane when nothing of it is parked or at the provider. Parked calls of a batch that is over
 * have no jobs any more, and are dropped. KEYS: batch, batches of the economy lane. ARGV: batch id.
 */
export const leaveLaneScript = defineScript(/* lua */ `
local b = KEYS[1]
local head = redis.call('HMGET', b, 'id', 'finishedAt', 'isCancelled')
if not head[1] or head[2] ~= '' or head[3] == '1' then redis.call('DEL', b .. ':economy') end
if redis.call('SCARD', b .. ':parcels') > 0 or redis.call('ZCARD', b .. ':economy') > 0 then return 0 end
return redis.call('SREM', KEYS[2], ARGV[1])
`);
