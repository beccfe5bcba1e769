/**
 * The SKUs of a batch that are made first. `b` is the batch key; `sampleOf` of it holds their places, with commas between, and
 * `sampling` how many they are, while they are made and nothing else is. All others wait meanwhile, so whether the sample has
 * ended follows from the counts of the batch: there is no count of its own that a crash could leave wrong.
 */
export const SAMPLE = /* lua */ `
local function sample_of(b)
  local places = {}
  for index in string.gmatch(redis.call('HGET', b, 'sampleOf') or '', '%d+') do places[#places + 1] = index end
  return places
end

local function is_sampling(b)
  return tonumber(redis.call('HGET', b, 'sampling') or '0') > 0
end

-- Whether the SKU is to wait for the sample: a process of an earlier version, which knows no samples, may have given it a job.
local function is_held(b, index)
  local head = redis.call('HMGET', b, 'sampling', 'sampleOf')
  if tonumber(head[1] or '0') == 0 then return false end
  return not string.find(',' .. (head[2] or '') .. ',', ',' .. index .. ',', 1, true)
end

-- How many SKUs of the sample wait for a job; nothing where no sample is made.
local function sample_to_enqueue(b, states)
  if not is_sampling(b) then return nil end
  local count = 0
  for _, index in ipairs(sample_of(b)) do
    if string.sub(states, index + 1, index + 1) == 'q' then count = count + 1 end
  end
  return count
end

-- The batch was paused for its sample, and SKUs of the sample wait again because a person asked for that.
local function sample_again(b)
  if redis.call('HGET', b, 'pausedFor') ~= 'sample' then return end
  redis.call('HSET', b, 'paused', 0, 'pausedFor', '', 'sampling', #sample_of(b))
end

-- Begins the next sample pass, if there is a plan for it. A SKU of the sample finds at its next start that its record is of an earlier
-- pass, and takes its pictures for outdated.
local function next_sample_pass(b)
  local plan = redis.call('LPOP', b .. ':plans')
  if not plan then return false end
  redis.call('SET', b .. ':plan', plan)
  redis.call('HINCRBY', b, 'pass', 1)
  for _, index in ipairs(sample_of(b)) do
    local state = state_of(b, index)
    if COUNT[state] ~= 'waiting' and state ~= 'x' then
      set_state(b, index, state, 'q')
      touch(b, index)
    end
  end
  next_run(b)
  local prefix, id = string.match(b, '^(.*):batch:([^:]*)$')
  redis.call('ZADD', prefix .. ':enqueueing', math.floor(now_ms()), id)
  return true
end

-- Pauses the batch when the last SKU of its sample has ended. Needs SHARED. A second call does nothing.
local function pause_if_sampled(b)
  local head = redis.call('HMGET', b, 'sampling', 'total', 'waiting', 'active', 'paused', 'finishedAt')
  local sample = tonumber(head[1] or '0')
  if sample == 0 or head[5] == '1' or head[6] ~= '' then return 0 end
  local left = tonumber(head[3]) + tonumber(head[4])
  if left > tonumber(head[2]) - sample then return 0 end
  if next_sample_pass(b) then return 0 end
  redis.call('HSET', b, 'sampling', 0)
  if left == 0 then return 0 end
  -- Jobs that a process of an earlier version has given to the others are ruled out.
  redis.call('SET', b .. ':states', (string.gsub(redis.call('GET', b .. ':states'), '[wa]', 'q')))
  redis.call('HSET', b, 'waiting', left, 'active', 0, 'paused', 1, 'pausedFor', 'sample')
  redis.call('HINCRBY', b, 'seq', 1)
  rule_out_runs(b)
  announce(b, 'batch.sample_ready', 'batch.paused')
  return 1
end
`;
