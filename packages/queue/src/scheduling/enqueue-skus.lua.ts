import { SHARED } from '../batch-store/batch.lua.ts';
import { SAMPLE } from '../batch-store/sample.lua.ts';
import { defineScript } from '../redis/script.ts';

/**
 * Names the next SKUs to enqueue. KEYS: batch. ARGV: at most.
 * Returns `{run, indices…}`; no indices when nothing waits for a job or nothing may start.
 */
export const nextToEnqueueScript = defineScript(/* lua */ `
${SHARED}
${SAMPLE}
local b = KEYS[1]
local head = redis.call('HMGET', b, 'run', 'paused', 'isCancelled', 'minRun')
if not head[1] or head[2] == '1' or head[3] == '1' then return { 0 } end
-- A cancel by an earlier version leaves a run behind that nobody may start.
if tonumber(head[1]) < tonumber(head[4]) then head[1] = next_run(b) end
local states = redis.call('GET', b .. ':states')
local result = { tonumber(head[1]) }
if is_sampling(b) then
  for _, index in ipairs(sample_of(b)) do
    if #result - 1 < tonumber(ARGV[1]) and state_of(b, index) == 'q' then result[#result + 1] = tonumber(index) end
  end
  return result
end
-- Those that a person waits for come first.
local named = {}
for _, index in ipairs(redis.call('SMEMBERS', b .. ':awaited')) do
  if #result - 1 < tonumber(ARGV[1]) and state_of(b, index) == 'q' then
    result[#result + 1] = tonumber(index)
    named[tonumber(index)] = true
  end
end
local at = 1
while #result - 1 < tonumber(ARGV[1]) do
  at = string.find(states, 'q', at, true)
  if not at then break end
  if not named[at - 1] then result[#result + 1] = at - 1 end
  at = at + 1
end
return result
`);

/**
 * Notes that jobs of `run` exist for these SKUs. KEYS: batch. ARGV: run, indices…
 * A SKU that was cancelled, paused or started meanwhile keeps its state. The batch may have begun further runs for other
 * SKUs; jobs of this one are good until a control rules it out.
 */
export const markEnqueuedScript = defineScript(/* lua */ `
${SHARED}
local b = KEYS[1]
local run, min_run = tonumber(ARGV[1]), redis.call('HGET', b, 'minRun')
if not min_run or run < tonumber(min_run) then return 0 end
for i = 2, #ARGV do
  -- A SKU that the job of this run has begun, and that waits again, is to get another job.
  local begun = tonumber(redis.call('HGET', b .. ':runs', ARGV[i]) or '0')
  if begun < run and state_of(b, ARGV[i]) == 'q' then redis.call('SETRANGE', b .. ':states', ARGV[i], 'w') end
end
return 1
`);
