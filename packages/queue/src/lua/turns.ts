import { defineScript } from '../script.ts';

/**
 * Who is next: start-time fair queueing on two levels. Tenants take turns, and within a tenant its batches do, however
 * many there are. A turn is one AI call. `<clock>` holds the virtual time of the whole (`v`), of each tenant's batches
 * (`v:<tenant>`), and for each tenant when its next turn is (`t:<tenant>`),
 * the calls it has left (`left:<tenant>`) and has made lately (`n:<tenant>`, at `at:<tenant>`); a batch holds its own (`turn`).
 * Who was away comes in at the present time: it can neither save turns up nor lose them.
 *
 * Small ones go first, but not alone: the calls of a batch that has few left count a quarter, and so do those of a tenant
 * that has few left in all and has lately used less than a tenth of the quota. So a batch of 20 SKUs behind one of 5,000
 * needs the time of 25 calls instead of 40, and the large one still gets every fifth. A tenant that cuts its work into
 * many small batches gains nothing by it.
 */
export const TURNS = /* lua */ `
local FEW, WEIGHT_OF_FEW = 100, 4
local LATELY_MS = 600000

local function weight_of(one)
  return one.left <= FEW and one.lately < one.modest and WEIGHT_OF_FEW or 1
end

local function tenant_turn(clock, tenant, now)
  local head = redis.call('HMGET', clock, 'v', 't:' .. tenant, 'n:' .. tenant, 'at:' .. tenant, 'v:' .. tenant, 'left:' .. tenant, 'modest')
  local modest = tonumber(head[7] or FEW)
  local lately = tonumber(head[3] or '0') - (now - tonumber(head[4] or now)) * modest / LATELY_MS
  return {
    name = tenant,
    turn = math.max(tonumber(head[1] or '0'), tonumber(head[2] or '0')),
    lately = math.max(0, lately),
    modest = modest,
    left = tonumber(head[6] or '0'),
    v = tonumber(head[5] or '0'),
  }
end

-- What a batch is read by.
local function turn_fields(b)
  return redis.call('HMGET', b, 'turn', 'tenant', 'waiting', 'active', 'total', 'imagesExpected')
end

local function calls_per_sku(head)
  return math.max(1, tonumber(head[6]) / tonumber(head[5]))
end

local function batch_turn(head, v)
  return {
    turn = math.max(v, tonumber(head[1] or '0')),
    left = head[2] and (tonumber(head[3]) + tonumber(head[4])) * calls_per_sku(head) or 0,
    lately = 0,
    modest = math.huge,
  }
end

-- The one whose turn is earliest; among equals the one that has least left.
local function is_before(one, other)
  if one.turn ~= other.turn then return one.turn < other.turn end
  return one.left < other.left
end

local function take(one)
  one.turn = one.turn + 1 / weight_of(one)
  one.lately = one.lately + 1
end

-- Gives the batch a turn.
local function charge(b, clock, now)
  local head = turn_fields(b)
  local tenant = tenant_turn(clock, head[2], now)
  local batch = batch_turn(head, tenant.v)
  redis.call('HSET', clock, 'v', tostring(tenant.turn), 'v:' .. tenant.name, tostring(batch.turn))
  take(tenant)
  take(batch)
  redis.call('HSET', clock, 't:' .. tenant.name, tostring(tenant.turn), 'n:' .. tenant.name, tostring(tenant.lately), 'at:' .. tenant.name, now)
  redis.call('HSET', b, 'turn', tostring(batch.turn))
end
`;

/**
 * Puts the jobs that are ready in the order in which tenants and their batches take turns; within a batch they keep
 * their order, but those of SKUs that a person waits for come before the others. KEYS: BullMQ's prioritized set, clock. ARGV: prefix of batch keys, prefix of job keys, how many places
 * to give. Jobs beyond those share the place behind them, in the order of their arrival.
 * Written as BullMQ's own `changePriority` does (score and field), but all at once, so no worker sees half an order.
 * Returns how many jobs were moved. 1,000 jobs take about 4 ms.
 */
export const lineUpScript = defineScript(/* lua */ `
${TURNS}
local PLACE = 4294967296
local places = tonumber(ARGV[3])
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local ids = redis.call('ZRANGE', KEYS[1], 0, 4999)
local batches, tenants, by_id, by_name = {}, {}, {}, {}
local anyone_waits = false
for _, id in ipairs(ids) do
  local batch_id = string.match(id, '^(%w+)_') or ''
  local batch = by_id[batch_id]
  if not batch then
    local head = turn_fields(ARGV[1] .. batch_id)
    local name = head[2] or ''
    local tenant = by_name[name]
    if not tenant then
      tenant = tenant_turn(KEYS[2], name, now)
      tenant.batches = {}
      by_name[name] = tenant
      tenants[#tenants + 1] = tenant
    end
    batch = batch_turn(head, tenant.v)
    batch.jobs, batch.at, batch.awaited, batch.first = {}, 1, {}, 0
    for _, index in ipairs(redis.call('SMEMBERS', ARGV[1] .. batch_id .. ':awaited')) do batch.awaited[index] = true end
    by_id[batch_id] = batch
    batches[#batches + 1] = batch
    tenant.batches[#tenant.batches + 1] = batch
  end
  if batch.awaited[string.match(id, '^%w+_(%d+)_') or ''] then
    batch.first = batch.first + 1
    table.insert(batch.jobs, batch.first, id)
    anyone_waits = true
  else
    batch.jobs[#batch.jobs + 1] = id
  end
end
if #batches < 2 and not anyone_waits then return 0 end

local function earliest(list)
  local best = 1
  for i = 2, #list do if is_before(list[i], list[best]) then best = i end end
  return best
end

local order, placed = {}, {}
while #order < places and #tenants > 0 do
  local i = earliest(tenants)
  local tenant = tenants[i]
  local j = earliest(tenant.batches)
  local batch = tenant.batches[j]
  local id = batch.jobs[batch.at]
  order[#order + 1] = id
  placed[id] = true
  batch.at = batch.at + 1
  take(tenant)
  take(batch)
  if batch.at > #batch.jobs then table.remove(tenant.batches, j) end
  if #tenant.batches == 0 then table.remove(tenants, i) end
end

local isInOrder = true
for i = 1, #order do if order[i] ~= ids[i] then isInOrder = false break end end
if isInOrder then return 0 end
local moved = 0
local function move(id, place, offset)
  redis.call('ZADD', KEYS[1], place * PLACE + offset, id)
  redis.call('HSET', ARGV[2] .. id, 'priority', place)
  moved = moved + 1
end
for place, id in ipairs(order) do move(id, place, 0) end
-- What had a place before and has none now goes first among those without.
local scores = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', (places + 1) * PLACE - 1)
local offset = 0
for _, id in ipairs(scores) do
  if not placed[id] then
    offset = offset + 1
    move(id, places + 1, offset)
  end
end
return moved
`);

/**
 * How many SKUs each batch may enqueue now. KEYS: open, enqueueing, clock, quota. ARGV: prefix of batch keys, configured
 * calls per minute, minutes of quota that may be in work, least number of SKUs in work for each batch.
 * ARGV continued: most SKUs in this step, to be asked for again until nothing is named.
 * A batch's share of what may be in work is what its turns will be; so photos are prepared shortly before their calls, and
 * a batch that comes in has its first SKUs in work at once: who lacks most of its share goes first. Returns `{id, count, id, count, …}`.
 */
export const planFeedScript = defineScript(/* lua */ `
${TURNS}
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local rate = tonumber(redis.call('HGET', KEYS[4], 'callsPerMinute') or ARGV[2])
local bound = math.min(5000, math.max(100, rate * tonumber(ARGV[3])))

-- A tenth of what the quota holds in ten minutes.
redis.call('HSET', KEYS[3], 'modest', tostring(math.max(FEW, rate)))
local left = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local head = turn_fields(ARGV[1] .. id)
  if head[2] and redis.call('HGET', ARGV[1] .. id, 'paused') ~= '1' then
    left[head[2]] = (left[head[2]] or 0) + batch_turn(head, 0).left
  end
end
for tenant, calls in pairs(left) do redis.call('HSET', KEYS[3], 'left:' .. tenant, tostring(calls)) end

local function count_awaited(b, states)
  local count = 0
  for _, index in ipairs(redis.call('SMEMBERS', b .. ':awaited')) do
    if string.sub(states, index + 1, index + 1) == 'q' then count = count + 1 end
  end
  return count
end

local result, hungry, tenants, weights = {}, {}, {}, 0
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  local b = ARGV[1] .. id
  local head = turn_fields(b)
  local limits = redis.call('HMGET', b, 'paused', 'isCancelled', 'concurrency')
  local states = head[2] and redis.call('GET', b .. ':states')
  if not states or limits[1] == '1' or limits[2] == '1' or not string.find(states, 'q', 1, true) then
    redis.call('ZREM', KEYS[2], id)
  else
    local _, queued = string.gsub(states, 'w', '')
    local tenant = tenants[head[2]]
    if not tenant then
      tenant = { weight = weight_of(tenant_turn(KEYS[3], head[2], now)), batches = 0 }
      tenants[head[2]] = tenant
      weights = weights + tenant.weight
    end
    local one = {
      id = id,
      tenant = tenant,
      weight = weight_of(batch_turn(head, 0)),
      calls = calls_per_sku(head),
      at_work = queued + tonumber(head[4]),
      awaited = count_awaited(b, states),
      concurrency = tonumber(limits[3] or '0'),
    }
    tenant.batches = tenant.batches + one.weight
    hungry[#hungry + 1] = one
  end
end
for _, one in ipairs(hungry) do
  local share = one.weight / one.tenant.batches * one.tenant.weight / weights
  local wanted = math.max(tonumber(ARGV[4]), math.ceil(share * bound / one.calls))
  -- Beyond its own concurrency it only needs what makes up for failures and downloads.
  if one.concurrency > 0 then wanted = math.min(wanted, 2 * one.concurrency + 4) end
  -- A person who waits for a picture does not wait for room as well.
  one.lacks = math.max(wanted - one.at_work, one.awaited)
  one.has = one.at_work / wanted
end
table.sort(hungry, function(one, other) return one.has < other.has end)
local room = tonumber(ARGV[5])
for _, one in ipairs(hungry) do
  local count = math.min(one.lacks, room, math.ceil(tonumber(ARGV[5]) / 4))
  if count > 0 then
    result[#result + 1] = one.id
    result[#result + 1] = count
    room = room - count
  end
end
return result
`);
