import { defineScript } from '../redis/script.ts';

/**
 * A batch with a bound on its calls in flight keeps them parked: far in the future, in BullMQ's delayed set. As many as the
 * bound allows are released; each holds its place (a member of `<batch>:flight`) until its job has ended. The bound holds in
 * each pool of calls.
 */

/** Notes a parked call. KEYS: batch, capped batches of the pool. ARGV: batch id, job id, suffix of the pool's keys. */
export const parkCallScript = defineScript(/* lua */ `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
-- In the order of 'rank-jobs.lua.ts': those that a person waits for, then by the place of their SKU in the batch.
local parked, awaited = KEYS[1] .. ':parked' .. ARGV[3], {}
for _, index in ipairs(redis.call('SMEMBERS', KEYS[1] .. ':awaited')) do awaited[index] = true end
local function place_of(id)
  local index = string.match(id, '^%w+_(%d+)_') or '0'
  return tonumber(index) - (awaited[index] and 1e6 or 0)
end
local place, last = place_of(ARGV[2]), redis.call('LINDEX', parked, -1)
if not last or place_of(last) <= place then
  redis.call('RPUSH', parked, ARGV[2])
else
  for _, id in ipairs(redis.call('LRANGE', parked, 0, -1)) do
    if place_of(id) > place then
      redis.call('LINSERT', parked, 'BEFORE', id, ARGV[2])
      break
    end
  end
end
redis.call('SADD', KEYS[2], ARGV[1])
return 1
`);

/**
 * Gives free places to parked calls, in their order. KEYS: batch, capped batches. ARGV: batch id, prefix of
 * BullMQ's keys of the pool's queue, job id whose place is free now or '', suffix of the pool's keys.
 * Returns the jobs to promote, also those that a process which died was about to promote. A place whose job is gone, because a
 * control removed it, is free; one whose worker died is not, because its job starts again.
 */
export const releaseCallsScript = defineScript(/* lua */ `
local b, flight, parked, ai = KEYS[1], KEYS[1] .. ':flight' .. ARGV[4], KEYS[1] .. ':parked' .. ARGV[4], ARGV[2]
local concurrency = tonumber(redis.call('HGET', b, 'concurrency') or '-1')
if concurrency < 0 then
  redis.call('SREM', KEYS[2], ARGV[1])
  return {}
end
if ARGV[3] ~= '' then redis.call('SREM', flight, ARGV[3]) end
local t = redis.call('TIME')
-- BullMQ keeps milliseconds in the upper bits of the score; no pause of a call comes near a day.
local parked_from = (tonumber(t[1]) + 86400) * 1000 * 4096
local result = {}
for _, id in ipairs(redis.call('SMEMBERS', flight)) do
  if redis.call('EXISTS', ai .. id) == 0 or redis.call('ZSCORE', ai .. 'completed', id) or redis.call('ZSCORE', ai .. 'failed', id) then
    redis.call('SREM', flight, id)
  elseif tonumber(redis.call('ZSCORE', ai .. 'delayed', id) or '0') > parked_from then
    result[#result + 1] = id
  end
end
while redis.call('SCARD', flight) < concurrency do
  local id = redis.call('LPOP', parked)
  if not id then break end
  if redis.call('ZSCORE', ai .. 'delayed', id) then
    redis.call('SADD', flight, id)
    result[#result + 1] = id
  end
end
if redis.call('LLEN', parked) == 0 and #result == 0 then redis.call('SREM', KEYS[2], ARGV[1]) end
return result
`);
