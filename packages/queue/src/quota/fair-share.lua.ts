/**
 * Which batch is next: start-time fair queueing on two levels. Tenants take turns, and within a tenant its batches do, however
 * many there are. A turn is one AI call. `<clock>` holds the virtual time of the whole (`v`), of each tenant's batches
 * (`v:<tenant>`), and for each tenant when its next turn is (`t:<tenant>`), the calls it has left (`left:<tenant>`) and has
 * made lately (`n:<tenant>`, at `at:<tenant>`); a batch holds its own (`turn`). A tenant or batch that was away joins at the
 * present time: it can neither save up turns nor lose them.
 *
 * Small ones go first, but not alone: the calls of a batch that has few left count a quarter, and so do those of a tenant that
 * has few left in all and has lately used less than a tenth of the quota. So a batch of 20 SKUs behind one of 5,000 needs the
 * time of 25 calls instead of 40, and the large one still gets every fifth. A tenant that cuts its work into many small batches
 * gains nothing by it.
 */
export const FAIR_SHARE = /* lua */ `
local FEW, WEIGHT_OF_FEW = 100, 4
local LATELY_MS = 600000

local function weight_of(one)
  return one.left <= FEW and one.lately < one.modest and WEIGHT_OF_FEW or 1
end

-- What a tenant has left stands in the clock of the default pool, whatever pool its calls are of.
local function tenant_turn(clock, tenant, now)
  local head = redis.call('HMGET', clock, 'v', 't:' .. tenant, 'n:' .. tenant, 'at:' .. tenant, 'v:' .. tenant)
  local common = string.match(clock, '^(.*:clock)@') or clock
  local told = redis.call('HMGET', common, 'left:' .. tenant, 'modest')
  local modest = tonumber(told[2] or FEW)
  local lately = tonumber(head[3] or '0') - (now - tonumber(head[4] or now)) * modest / LATELY_MS
  return {
    name = tenant,
    turn = math.max(tonumber(head[1] or '0'), tonumber(head[2] or '0')),
    lately = math.max(0, lately),
    modest = modest,
    left = tonumber(told[1] or '0'),
    v = tonumber(head[5] or '0'),
  }
end

-- Turns are counted by the clock of a pool of calls; a batch that has calls in two of them has a turn in each.
local function turn_field(clock)
  return 'turn' .. (string.match(clock, ':clock(@.*)$') or '')
end

-- The fields of a batch that fair share reads.
local function turn_fields(b, clock)
  return redis.call('HMGET', b, turn_field(clock), 'tenant', 'waiting', 'active', 'total', 'imagesExpected', 'sampling')
end

local function calls_per_sku(head)
  return math.max(1, tonumber(head[6]) / tonumber(head[5]))
end

-- SKUs that may be made for now: while a sample is made, no others.
local function skus_left(head)
  local sample = tonumber(head[7] or '0')
  local held = sample > 0 and tonumber(head[5]) - sample or 0
  return math.max(0, tonumber(head[3]) + tonumber(head[4]) - held)
end

local function batch_turn(head, v)
  return {
    turn = math.max(v, tonumber(head[1] or '0')),
    left = head[2] and skus_left(head) * calls_per_sku(head) or 0,
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
  local head = turn_fields(b, clock)
  local tenant = tenant_turn(clock, head[2], now)
  local batch = batch_turn(head, tenant.v)
  redis.call('HSET', clock, 'v', tostring(tenant.turn), 'v:' .. tenant.name, tostring(batch.turn))
  take(tenant)
  take(batch)
  redis.call('HSET', clock, 't:' .. tenant.name, tostring(tenant.turn), 'n:' .. tenant.name, tostring(tenant.lately), 'at:' .. tenant.name, now)
  redis.call('HSET', b, turn_field(clock), tostring(batch.turn))
end
`;
