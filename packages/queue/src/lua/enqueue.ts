import { defineScript } from '../script.ts';
import { SHARED } from './shared.ts';

/**
 * Names the next SKUs to enqueue. KEYS: batch, clock. ARGV: from index, at most.
 * Returns `{run, first tag, next index, indices…}`; no indices and next index -1 when nothing is left. Tags are
 * start-time fair queueing: a batch's running number on the clock that all batches share, counted in calls.
 */
export const nextToEnqueueScript = defineScript(/* lua */ `
local b = KEYS[1]
local head = redis.call('HMGET', b, 'run', 'tag', 'paused', 'isCancelled')
if not head[1] or head[3] == '1' or head[4] == '1' then return { 0, 0, -1 } end
local states = redis.call('GET', b .. ':states')
local result = { tonumber(head[1]), 0, -1 }
local at = tonumber(ARGV[1]) + 1
while #result - 3 < tonumber(ARGV[2]) do
  at = string.find(states, 'q', at, true)
  if not at then break end
  result[#result + 1] = at - 1
  at = at + 1
end
local found = #result - 3
if found > 0 then
  local v = tonumber(redis.call('HGET', KEYS[2], 'v') or '0')
  local first = math.max(v, tonumber(head[2]))
  redis.call('HSET', b, 'tag', first + found)
  result[2] = first
  result[3] = result[#result] + 1
end
return result
`);

/**
 * Notes that jobs of `run` exist for these SKUs. KEYS: batch. ARGV: run, indices…
 * A SKU that was cancelled, paused or started meanwhile keeps its state.
 */
export const markEnqueuedScript = defineScript(/* lua */ `
${SHARED}
local b = KEYS[1]
if tonumber(redis.call('HGET', b, 'run') or '0') ~= tonumber(ARGV[1]) then return 0 end
for i = 2, #ARGV do
  if state_of(b, ARGV[i]) == 'q' then redis.call('SETRANGE', b .. ':states', ARGV[i], 'w') end
end
return 1
`);

/** Hands out tags for calls that come after the batch's own. KEYS: batch, clock. ARGV: how many. Returns the first. */
export const reserveTagsScript = defineScript(/* lua */ `
local v = tonumber(redis.call('HGET', KEYS[2], 'v') or '0')
local first = math.max(v, tonumber(redis.call('HGET', KEYS[1], 'tag') or '0'))
redis.call('HSET', KEYS[1], 'tag', first + tonumber(ARGV[1]))
return first
`);
