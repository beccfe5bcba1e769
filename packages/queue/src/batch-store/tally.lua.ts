/**
 * What the summary of a batch is read from, kept by the scripts that change it. `b` is the batch key.
 *
 * Beside `<b>:states`, and like it one character per SKU: `<b>:stages` (where it stands or stopped) and `<b>:codes` (why
 * it failed). Whatever a control does to the states, counting two strings together is right; nothing has to be undone.
 */
export const TALLY = /* lua */ `
-- Notes where a SKU stands, why it failed and which checks its pictures fail ('\\n' between them).
local function tally_sku(b, index, stage, code, rules)
  redis.call('SETRANGE', b .. ':stages', index, stage)
  redis.call('SETRANGE', b .. ':codes', index, code)
  local before = redis.call('HGET', b .. ':faults', index) or ''
  if before == rules then return end
  for rule in string.gmatch(before, '[^\\n]+') do
    if redis.call('HINCRBY', b .. ':checks', rule, -1) <= 0 then redis.call('HDEL', b .. ':checks', rule) end
  end
  for rule in string.gmatch(rules, '[^\\n]+') do redis.call('HINCRBY', b .. ':checks', rule, 1) end
  if rules == '' then redis.call('HDEL', b .. ':faults', index)
  else redis.call('HSET', b .. ':faults', index, rules) end
end

-- Keeps the times of the latest 500 stages that ran, as 'd1234'.
local function tally_times(b, from)
  if #ARGV < from then return end
  redis.call('LPUSH', b .. ':ms', unpack(ARGV, from))
  redis.call('LTRIM', b .. ':ms', 0, 499)
end

-- Buckets become wider when 120 are full, so that a batch keeps no more than that, however long it runs; a hash of 121
-- short fields is 3 KB.
local WIDER = { [10] = 60, [60] = 300, [300] = 1800, [1800] = 10800, [10800] = 86400 }

local function add_up(a, c)
  local sum, at = {}, 0
  local values = {}
  for number in string.gmatch(c, '%d+') do values[#values + 1] = number end
  for number in string.gmatch(a, '%d+') do
    at = at + 1
    sum[at] = tonumber(number) + tonumber(values[at])
  end
  return table.concat(sum, ' ')
end

-- Counts pictures of the whole fleet, by minute, while more SKUs of the batch wait: what the fleet can do, and not how much it
-- was asked to do. Quotes learn from it. Keeps two hours.
local function tally_throughput(key, b, pictures)
  if pictures <= 0 or tonumber(redis.call('HGET', b, 'waiting') or '0') == 0 then return end
  local t = tonumber(redis.call('TIME')[1])
  local minute = t - t % 60
  if redis.call('HINCRBY', key, minute, pictures) > pictures or redis.call('HLEN', key) <= 120 then return end
  for _, known in ipairs(redis.call('HKEYS', key)) do
    if tonumber(known) < minute - 7200 then redis.call('HDEL', key, known) end
  end
  if redis.call('HLEN', key) > 240 then redis.call('DEL', key) end
end

-- Adds to the bucket of this moment. 'change' is 'done failed images calls callsFailed'.
local function tally_history(b, change)
  local h = b .. ':history'
  local width = redis.call('HGET', h, 'seconds')
  local seconds = tonumber(width or '10')
  local t = tonumber(redis.call('TIME')[1])
  local at = t - t % seconds
  local known = redis.call('HGET', h, at)
  redis.call('HSET', h, at, known and add_up(known, change) or change)
  local wider = WIDER[seconds]
  if known or not wider or redis.call('HLEN', h) <= (width and 121 or 120) then return end
  local all, merged = redis.call('HGETALL', h), {}
  for i = 1, #all, 2 do
    if all[i] ~= 'seconds' then
      local start = tonumber(all[i]) - tonumber(all[i]) % wider
      merged[start] = merged[start] and add_up(merged[start], all[i + 1]) or all[i + 1]
    end
  end
  redis.call('DEL', h)
  redis.call('HSET', h, 'seconds', wider)
  for start, sums in pairs(merged) do redis.call('HSET', h, start, sums) end
end
`;
