import { SHARED } from '../batch-store/batch.lua.ts';
import { SAMPLE } from '../batch-store/sample.lua.ts';
import { defineScript } from '../redis/script.ts';

/**
 * Puts SKUs that have not ended, and that no living job will work on, back to waiting, in a new run. KEYS: batch, enqueueing,
 * and of BullMQ's `sku` queue: wait, active, prioritized, delayed, waiting-children. ARGV: batch id, prefix of the job keys of
 * the `sku` queue, then for each SKU: index, run in which it was seen to have a job (0: in none).
 *
 * A job lives when BullMQ has it somewhere where it will be started, or is running; one that waits for calls lives as long as
 * one of those exists. The caller has looked without a lock, so the script looks again, at one moment. It asks for each run
 * that may start: `(run - minRun + 1) × indices` lookups. Returns the indices that wait again.
 */
export const putBackLostScript = defineScript(/* lua */ `
${SHARED}
local b, sku = KEYS[1], ARGV[2]
local head = redis.call('HMGET', b, 'run', 'minRun', 'paused', 'isCancelled', 'finishedAt')
if not head[1] or head[3] == '1' or head[4] == '1' or head[5] ~= '' then return {} end
local listed = {}
for _, key in ipairs({ KEYS[3], KEYS[4] }) do
  for _, id in ipairs(redis.call('LRANGE', key, 0, -1)) do listed[id] = true end
end

local function has_child(id)
  for _, child in ipairs(redis.call('SMEMBERS', sku .. id .. ':dependencies')) do
    if redis.call('EXISTS', child) == 1 then return true end
  end
  return false
end

local function lives(id)
  if redis.call('EXISTS', sku .. id) == 0 then return false end
  if listed[id] or redis.call('ZSCORE', KEYS[5], id) or redis.call('ZSCORE', KEYS[6], id) then return true end
  return redis.call('ZSCORE', KEYS[7], id) and has_child(id)
end

local run, min_run = tonumber(head[1]), tonumber(head[2])
local function has_job(index, seen)
  local job = ARGV[1] .. '_' .. index .. '_'
  if seen >= min_run and lives(job .. seen) then return true end
  for one = run, min_run, -1 do
    if lives(job .. one) then return true end
  end
  return false
end

local lost = {}
for i = 3, #ARGV, 2 do
  local index = ARGV[i]
  local state = state_of(b, index)
  if (state == 'w' or state == 'a') and not has_job(index, tonumber(ARGV[i + 1])) then
    set_state(b, index, state, 'q')
    touch(b, index)
    lost[#lost + 1] = tonumber(index)
  end
end
if #lost > 0 then
  next_run(b)
  redis.call('ZADD', KEYS[2], math.floor(now_ms()), ARGV[1])
end
return lost
`);

/**
 * Looks at the next open batches: a hundred of 10,000 SKUs take Redis a millisecond. KEYS: open, enqueueing. ARGV: prefix of batch keys, from which
 * place on, how many. Those that have SKUs without a job although nobody is enqueueing are to be enqueued again.
 * Returns {how many it has looked at, then the ids of those with SKUs that are to have a job, and are not paused}.
 */
export const scanOpenScript = defineScript(/* lua */ `
${SHARED}
${SAMPLE}
local ids = redis.call('ZRANGE', KEYS[1], ARGV[2], ARGV[2] + ARGV[3] - 1)
local result = { #ids }
for _, id in ipairs(ids) do
  -- A process of an earlier version, which knows no samples, may have ended the last SKU of one.
  pause_if_sampled(ARGV[1] .. id)
  local states = redis.call('GET', ARGV[1] .. id .. ':states')
  if states and redis.call('HGET', ARGV[1] .. id, 'paused') == '0' then
    if string.find(states, 'q', 1, true) then redis.call('ZADD', KEYS[2], 'NX', math.floor(now_ms()), id) end
    if string.find(states, 'w', 1, true) or string.find(states, 'a', 1, true) then result[#result + 1] = id end
  end
end
return result
`);
