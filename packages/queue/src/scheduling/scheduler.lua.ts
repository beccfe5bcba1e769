import { SAMPLE } from '../batch-store/sample.lua.ts';
import { FAIR_SHARE } from '../quota/fair-share.lua.ts';
import { defineScript } from '../redis/script.ts';

/**
 * How many SKUs each batch may enqueue now. KEYS: enqueueing, clock, quota, enqueueing tenants, and of BullMQ's `sku` queue:
 * wait, active, prioritized, waiting-children. ARGV: prefix of batch keys, configured calls per minute, minutes of quota that
 * may be in work, least number of SKUs in work for each batch, most SKUs in this step, to be asked for again until nothing is
 * named; name of the default pool of calls, and of each further one its name, configured calls per minute, and key of its
 * quota.
 *
 * A batch's share of the work of its pool is the share of turns that it will get. So photos are prepared shortly before their
 * calls, and a new batch has its first SKUs in work at once: batches that lack most of their share go first. Returns `{id,
 * count, id, count, …}`.
 *
 * It looks at `BATCHES` batches and the newest, however many wait: 10 million SKUs cost as much as 600,000. Where more wait,
 * they are looked at in rounds, a tenant's share of the places at a time; a batch goes to the end of its tenant's line
 * (`<enqueueing>:<tenant>`, by the number of the visit) when it has what it wants. Beyond what that many batches may have in
 * work, two kinds of SKUs alone are added: the first ones of a small batch, and those that a person waits for. The lines are
 * made here, from `<enqueueing>` alone, which is all that earlier versions write.
 */
export const planEnqueueScript = defineScript(/* lua */ `
${FAIR_SHARE}
${SAMPLE}
local BATCHES, NEWEST, SLICE, NEWCOMERS = 64, 32, 64, 1000
local enqueueing, clock, names = KEYS[1], KEYS[2], KEYS[4]
local least, step = tonumber(ARGV[4]), tonumber(ARGV[5])
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local rate = tonumber(redis.call('HGET', KEYS[3], 'callsPerMinute') or ARGV[2])
-- Of each pool of calls, what may be in work, and the weights of those that share it.
local pools, in_all = {}, 0
local function add_pool(name, calls_a_minute)
  pools[name] = { bound = math.min(5000, math.max(100, calls_a_minute * tonumber(ARGV[3]))), weights = 0 }
  in_all = in_all + pools[name].bound
end
add_pool(ARGV[6], rate)
for i = 7, #ARGV, 3 do
  add_pool(ARGV[i], tonumber(redis.call('HGET', ARGV[i + 2], 'callsPerMinute') or ARGV[i + 1]))
end
-- A batch that may move on to another pool may have as much in work as the fastest of them bears.
local function pool_of(b)
  local first, bound = nil, 0
  for name in string.gmatch(redis.call('HGET', b, 'pools') or ARGV[6], '[^,]+') do
    first = first or pools[name] and name
    if pools[name] then bound = math.max(bound, pools[name].bound) end
  end
  if not first then return ARGV[6], pools[ARGV[6]].bound end
  return first, bound
end
-- Batches of the economy lane share no quota with others: what they have in work waits for provider batches.
local ECONOMY, PREPARING, MOST_PARKED = ' economy', 64, 20000
pools[ECONOMY] = { bound = 0, weights = 0 }
local all = redis.call('ZCARD', enqueueing)

-- A tenth of what the quota holds in ten minutes.
redis.call('HSET', clock, 'modest', tostring(math.max(FEW, rate)))

-- Puts batches into the lines of their tenants.
local newest_of = {}
local function join_line(ids, are_newest)
  for _, id in ipairs(ids) do
    local head = turn_fields(ARGV[1] .. id, clock)
    local tenant = head[2]
    if tenant then
      if not newest_of[tenant] then
        newest_of[tenant] = {}
        redis.call('ZADD', names, 'NX', 0, tenant)
        -- Until all have been counted, it has as much left as this one.
        redis.call('HSETNX', clock, 'left:' .. tenant, tostring(batch_turn(head, 0).left))
      end
      redis.call('ZADD', enqueueing .. ':' .. tenant, 'NX', 0, id)
      if are_newest then table.insert(newest_of[tenant], id) end
    else
      redis.call('ZREM', enqueueing, id)
    end
  end
end
join_line(redis.call('ZREVRANGE', enqueueing, 0, NEWEST - 1), true)
if all > NEWEST then
  local from = tonumber(redis.call('HGET', clock, 'linedUp') or '0') % all
  join_line(redis.call('ZRANGE', enqueueing, from, from + SLICE - 1), false)
  redis.call('HSET', clock, 'linedUp', from + SLICE)
end

local function count_awaited(b, states)
  local count = 0
  for _, index in ipairs(redis.call('SMEMBERS', b .. ':awaited')) do
    if string.sub(states, index + 1, index + 1) == 'q' then count = count + 1 end
  end
  return count
end

-- Finding one character after the other is forty times as fast as a pattern over all of them.
local function count_enqueued(states)
  local count, at = 0, string.find(states, 'w', 1, true)
  while at do
    count = count + 1
    at = string.find(states, 'w', at + 1, true)
  end
  return count
end

-- Looks at a batch, or takes it out of the line when it has nothing to enqueue.
local function look_at(tenant, id)
  local b = ARGV[1] .. id
  local head = turn_fields(b, clock)
  local limits = redis.call('HMGET', b, 'paused', 'isCancelled', 'concurrency', 'lane', 'released', 'economyAtProvider')
  local states = head[2] and redis.call('ZSCORE', enqueueing, id) and redis.call('GET', b .. ':states')
  local sample_left = states and sample_to_enqueue(b, states)
  if not states or limits[1] == '1' or limits[2] == '1' or sample_left == 0 or not string.find(states, 'q', 1, true) then
    redis.call('ZREM', enqueueing, id)
    redis.call('ZREM', tenant.line, id)
    return
  end
  local turn = batch_turn(head, 0)
  local pool, bound = pool_of(b)
  local is_economy = limits[4] == 'economy' and limits[5] ~= '1'
  if is_economy then pool = ECONOMY end
  local one = {
    id = id,
    pool = pool,
    bound = bound,
    weight = weight_of(turn),
    left = turn.left,
    calls = calls_per_sku(head),
    at_work = count_enqueued(states) + tonumber(head[4]),
    awaited = count_awaited(b, states),
    may_add = sample_left or math.huge,
    concurrency = tonumber(limits[3] or '0'),
    parked = is_economy and redis.call('ZCARD', b .. ':economy') + tonumber(limits[6] or '0'),
  }
  if one.parked then in_all = in_all + one.parked / one.calls end
  tenant.batches[#tenant.batches + 1] = one
  tenant.weights[pool] = (tenant.weights[pool] or 0) + one.weight
end

local visit = redis.call('HINCRBY', clock, 'visits', 1)
local visited = redis.call('ZRANGE', names, 0, BATCHES - 1)
local places = all <= BATCHES and BATCHES or math.max(1, math.floor(BATCHES / #visited))
local tenants = {}
for _, name in ipairs(visited) do
  local tenant = { line = enqueueing .. ':' .. name, batches = {}, weights = {} }
  local seen = {}
  -- Those in front that have nothing to enqueue any more take no place.
  for _, id in ipairs(redis.call('ZRANGE', tenant.line, 0, 4 * places - 1)) do
    if #tenant.batches == places then break end
    seen[id] = true
    look_at(tenant, id)
  end
  for _, id in ipairs(newest_of[name] or {}) do
    if not seen[id] then look_at(tenant, id) end
  end
  local waiting = redis.call('ZCARD', tenant.line)
  if waiting == 0 then redis.call('ZREM', names, name) else redis.call('ZADD', names, visit, name) end
  if #tenant.batches > 0 then
    tenant.weight = weight_of(tenant_turn(clock, name, now))
    for name, weight in pairs(tenant.weights) do
      tenant.weights[name] = weight + waiting - #tenant.batches
      pools[name].weights = pools[name].weights + tenant.weight
    end
    tenants[#tenants + 1] = tenant
  end
end

-- SKUs in work beyond what that many batches may have; below nothing there is room.
local beyond = -1
if all > BATCHES then
  beyond = redis.call('LLEN', KEYS[5]) + redis.call('LLEN', KEYS[6]) + redis.call('ZCARD', KEYS[7]) + redis.call('ZCARD', KEYS[8])
    - in_all - BATCHES * least
end

local eligible = {}
for _, tenant in ipairs(tenants) do
  tenant.deficit = 0
  for _, one in ipairs(tenant.batches) do
    local share = one.weight / tenant.weights[one.pool] * tenant.weight / pools[one.pool].weights
    local wanted = math.max(least, math.ceil(share * one.bound / one.calls))
    -- Beyond its own concurrency it only needs what makes up for failures and downloads.
    if one.concurrency > 0 then wanted = math.min(wanted, 2 * one.concurrency + 4) end
    if one.parked then
      wanted = math.min(one.parked / one.calls + PREPARING, MOST_PARKED * share / one.calls)
      wanted = math.max(least, math.ceil(wanted))
    end
    -- A person who waits for a picture does not wait for room as well.
    one.deficit = math.min(math.max(wanted - one.at_work, one.awaited), one.may_add)
    one.ratio = one.at_work / wanted
    local is_newcomer = one.at_work == 0 and one.left <= FEW and beyond < NEWCOMERS
    one.may = beyond < 0 or one.awaited > 0 or is_newcomer
    if one.may then tenant.deficit = tenant.deficit + math.max(0, one.deficit) end
  end
  if tenant.deficit > 0 then eligible[#eligible + 1] = tenant end
  table.sort(tenant.batches, function(one, other)
    if one.ratio ~= other.ratio then return one.ratio < other.ratio end
    return one.left < other.left
  end)
end

local result = {}
for _, tenant in ipairs(tenants) do
  local room = math.ceil(step / math.max(1, #eligible))
  for _, one in ipairs(tenant.batches) do
    local count = one.may and math.max(0, math.min(one.deficit, room, math.ceil(step / 4))) or 0
    if count > 0 then
      result[#result + 1] = one.id
      result[#result + 1] = count
      room = room - count
    end
    if all > BATCHES and one.deficit <= count then redis.call('ZADD', tenant.line, visit, one.id) end
  end
end
return result
`);
