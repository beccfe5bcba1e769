import { FAIR_SHARE } from '../quota/fair-share.lua.ts';
import { defineScript } from '../redis/script.ts';

/**
 * How many SKUs each batch may enqueue now. KEYS: open, enqueueing, clock, quota. ARGV: prefix of batch keys, configured
 * calls per minute, minutes of quota that may be in work, least number of SKUs in work for each batch.
 * ARGV continued: most SKUs in this step, to be asked for again until nothing is named.
 * A batch's share of what may be in work is what its turns will be; so photos are prepared shortly before their calls, and
 * a batch that comes in has its first SKUs in work at once: who lacks most of its share goes first. Returns `{id, count, id, count, …}`.
 */
export const planEnqueueScript = defineScript(/* lua */ `
${FAIR_SHARE}
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

local result, eligible, tenants, weights = {}, {}, {}, 0
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
    eligible[#eligible + 1] = one
  end
end
for _, one in ipairs(eligible) do
  local share = one.weight / one.tenant.batches * one.tenant.weight / weights
  local wanted = math.max(tonumber(ARGV[4]), math.ceil(share * bound / one.calls))
  -- Beyond its own concurrency it only needs what makes up for failures and downloads.
  if one.concurrency > 0 then wanted = math.min(wanted, 2 * one.concurrency + 4) end
  -- A person who waits for a picture does not wait for room as well.
  one.deficit = math.max(wanted - one.at_work, one.awaited)
  one.ratio = one.at_work / wanted
end
table.sort(eligible, function(one, other) return one.ratio < other.ratio end)
local room = tonumber(ARGV[5])
for _, one in ipairs(eligible) do
  local count = math.min(one.deficit, room, math.ceil(tonumber(ARGV[5]) / 4))
  if count > 0 then
    result[#result + 1] = one.id
    result[#result + 1] = count
    room = room - count
  end
end
return result
`);
