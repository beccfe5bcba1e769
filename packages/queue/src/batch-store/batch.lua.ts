import { DEFAULT_POOL } from '@image-studio/contract';

/**
 * Pieces that every script on a batch shares. `b` is the batch key.
 *
 * States, one character a SKU in the string `<b>:states`:
 *   q waiting, not yet enqueued · w waiting, enqueued · a active · c completed · f failed · x cancelled · r needs review
 * `q` and `w` are both `waiting` to the outside; the difference lets an enqueue that died be resumed.
 */
export const SHARED = /* lua */ `
local COUNT = { q = 'waiting', w = 'waiting', a = 'active', c = 'completed', f = 'failed', x = 'cancelled', r = 'needsReview' }

local function now_ms()
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000 + tonumber(t[2]) / 1000
end

local function state_of(b, index)
  return redis.call('GETRANGE', b .. ':states', index, index)
end

-- A batch that has ended has a manifest in the object store, which has to be written (again), though not at once when
-- it was written just now.
local function manifest_due(b)
  local prefix, id = string.match(b, '^(.*):batch:([^:]*)$')
  local rested = tonumber(redis.call('HGET', b, 'manifestRest') or '0')
  redis.call('ZADD', prefix .. ':manifests', 'NX', math.max(math.floor(now_ms()), rested), id)
end

-- Marks the SKU as changed: raises the batch's sequence number and remembers it for this SKU.
local function touch(b, index)
  local seq = redis.call('HINCRBY', b, 'seq', 1)
  redis.call('ZADD', b .. ':changes', seq, index)
  if (redis.call('HGET', b, 'finishedAt') or '') ~= '' then manifest_due(b) end
  return seq
end

-- Moves a SKU from one state to another; the counts move with it, so they always add up.
local function set_state(b, index, from, to)
  if COUNT[from] ~= COUNT[to] then
    redis.call('HINCRBY', b, COUNT[from], -1)
    redis.call('HINCRBY', b, COUNT[to], 1)
  end
  redis.call('SETRANGE', b .. ':states', index, to)
end

-- Begins a run that is higher than every run before it and that no control has ruled out: its jobs may start.
local function next_run(b)
  local head = redis.call('HMGET', b, 'run', 'minRun')
  local run = math.max(tonumber(head[1]) + 1, tonumber(head[2]))
  redis.call('HSET', b, 'run', run)
  return run
end

-- Rules out every run so far: jobs of theirs drop themselves. Returns the lowest run that may start.
local function rule_out_runs(b)
  local run = next_run(b)
  redis.call('HSET', b, 'minRun', run)
  return run
end

-- Writes the message to the batch's webhook, with the batch as it is now, in the step that changed it: should the process die
-- afterwards, a worker finds the message in the outbox. The last 100 messages of a batch are kept. Processes of earlier
-- versions, which do not know the event, tell it by its plain name.
local function announce(b, event, plainly)
  local head = redis.call('HMGET', b, 'id', 'options', 'webhooksOff')
  local options = cjson.decode(head[2])
  if not options.webhookUrl or head[3] == '1' then return end
  local batch, flat = {}, redis.call('HGETALL', b)
  for i = 1, #flat, 2 do batch[flat[i]] = flat[i + 1] end
  batch.options = nil
  local number = redis.call('HINCRBY', b, 'webhooks', 1)
  local at = math.floor(now_ms())
  local message = { event = plainly or event, precisely = plainly and event, url = options.webhookUrl, at = at, batch = batch }
  redis.call('HSET', b .. ':webhooks', number, cjson.encode(message))
  local old = number - 100
  redis.call('HDEL', b .. ':webhooks', old, old .. ':state', old .. ':round')
  local outbox = string.sub(b, 1, #b - #head[1] - #':batch:') .. ':outbox'
  redis.call('ZADD', outbox, at, head[1] .. '_' .. number)
end

-- Notes how many of the batch's pictures needed a second call, when it ends for the first time: pictures that people ask for
-- come later. Quotes learn from the last 50 batches of its pool. One that compared models made its pictures several times.
local function tally_again(b)
  if redis.call('HSETNX', b, 'hasEnded', 1) == 0 then return end
  local head = redis.call('HMGET', b, 'imagesDone', 'callsMade', 'callsFailed', 'callsReused', 'pools', 'pass')
  local pictures = tonumber(head[1] or '0')
  local hasCompared = tonumber(head[6] or '0') > 0 or redis.call('EXISTS', b .. ':plans') == 1
  if pictures < 5 or hasCompared then return end
  local again = tonumber(head[2] or '0') - tonumber(head[3] or '0') + tonumber(head[4] or '0') - pictures
  local pool = string.match(head[5] or '', '^[^,]+') or '${DEFAULT_POOL}'
  local key = string.match(b, '^(.*):batch:[^:]*$') .. ':again' .. (pool == '${DEFAULT_POOL}' and '' or '@' .. pool)
  redis.call('LPUSH', key, string.format('%.3f', math.min(1, math.max(0, again / pictures))))
  redis.call('LTRIM', key, 0, 49)
end

-- The first process to see nothing left to do ends the batch. Returns 1 when this call did.
local function end_if_done(b, open)
  local left = redis.call('HMGET', b, 'waiting', 'active', 'finishedAt')
  if tonumber(left[1]) == 0 and tonumber(left[2]) == 0 and left[3] == '' then
    redis.call('HSET', b, 'finishedAt', math.floor(now_ms()), 'paused', 0)
    manifest_due(b)
    tally_again(b)
    redis.call('HINCRBY', b, 'seq', 1)
    redis.call('ZREM', open, redis.call('HGET', b, 'id'))
    announce(b, 'batch.finished')
    return 1
  end
  return 0
end
`;
