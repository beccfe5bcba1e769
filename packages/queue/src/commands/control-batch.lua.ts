import { SHARED } from '../batch-store/batch.lua.ts';
import { SAMPLE } from '../batch-store/sample.lua.ts';
import { defineScript } from '../redis/script.ts';

/** Touches every SKU whose state a bulk change moved, in few commands: one Lua loop over 10,000 takes about 10 ms. */
const TOUCH_ALL = /* lua */ `
local function touch_all(b, before, wanted)
  local seq = tonumber(redis.call('HGET', b, 'seq'))
  local batch, moved = {}, 0
  for i = 1, #before do
    if string.find(wanted, string.sub(before, i, i), 1, true) then
      seq = seq + 1
      moved = moved + 1
      batch[#batch + 1] = seq
      batch[#batch + 1] = i - 1
      if #batch >= 2000 then
        redis.call('ZADD', b .. ':changes', unpack(batch))
        batch = {}
      end
    end
  end
  if #batch > 0 then redis.call('ZADD', b .. ':changes', unpack(batch)) end
  redis.call('HSET', b, 'seq', seq + 1)
  return moved
end
`;

/**
 * Cancels: everything that has not ended is cancelled now, in whichever process it runs. KEYS: batch, enqueueing,
 * totals, open batches. ARGV: batch id. Returns the lowest run that may start from now on; 0 when there was nothing to do.
 */
export const cancelBatchScript = defineScript(/* lua */ `
${SHARED}
${TOUCH_ALL}
local b = KEYS[1]
if redis.call('EXISTS', b) == 0 then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
local left = redis.call('HMGET', b, 'waiting', 'active')
local open = tonumber(left[1]) + tonumber(left[2])
if open == 0 then return 0 end
local before = redis.call('GET', b .. ':states')
redis.call('SET', b .. ':states', (string.gsub(before, '[qwa]', 'x')))
redis.call('HINCRBY', b, 'cancelled', open)
redis.call('HSET', b, 'waiting', 0, 'active', 0, 'isCancelled', 1)
local run = rule_out_runs(b)
redis.call('HINCRBY', KEYS[3], 'skus:cancelled:CANCELLED', open)
touch_all(b, before, 'qwa')
end_if_done(b, KEYS[4])
return run
`);

/**
 * Pauses: started SKUs return to waiting, nothing may start any more. KEYS: batch, enqueueing. ARGV: batch id, why
 * (`operator` or `budget`).
 * Returns the lowest run that may start from now on; 0 when it was paused or had ended.
 */
export const pauseBatchScript = defineScript(/* lua */ `
${SHARED}
${TOUCH_ALL}
local b = KEYS[1]
if redis.call('EXISTS', b) == 0 then return 0 end
local head = redis.call('HMGET', b, 'paused', 'finishedAt', 'active')
if head[1] == '1' or head[2] ~= '' then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
local before = redis.call('GET', b .. ':states')
redis.call('SET', b .. ':states', (string.gsub(before, '[wa]', 'q')))
redis.call('HINCRBY', b, 'waiting', tonumber(head[3]))
redis.call('HSET', b, 'active', 0, 'paused', 1, 'pausedFor', ARGV[2])
-- Its SKUs park their calls anew.
redis.call('DEL', b .. ':economy')
local run = rule_out_runs(b)
touch_all(b, before, 'a')
announce(b, 'batch.paused')
return run
`);

/** Resumes a paused batch. KEYS: batch, enqueueing. ARGV: batch id. Returns 1 when this call did. */
export const resumeBatchScript = defineScript(/* lua */ `
${SHARED}
local b = KEYS[1]
if redis.call('HGET', b, 'paused') ~= '1' then return 0 end
redis.call('HSET', b, 'paused', 0, 'pausedFor', '')
redis.call('HINCRBY', b, 'seq', 1)
redis.call('ZADD', KEYS[2], math.floor(now_ms()), ARGV[1])
return 1
`);

/**
 * Puts failed SKUs back to waiting, in a new run. KEYS: batch, enqueueing, open batches. ARGV: batch id, indices…
 * Returns how many were failed and now wait.
 */
export const retrySkusScript = defineScript(/* lua */ `
${SHARED}
${SAMPLE}
local b = KEYS[1]
if redis.call('EXISTS', b) == 0 then return -1 end
local moved = 0
for i = 2, #ARGV do
  if state_of(b, ARGV[i]) == 'f' then
    set_state(b, ARGV[i], 'f', 'q')
    touch(b, ARGV[i])
    moved = moved + 1
  end
end
if moved > 0 then
  next_run(b)
  sample_again(b)
  redis.call('HSET', b, 'finishedAt', '', 'isCancelled', 0)
  redis.call('ZADD', KEYS[2], math.floor(now_ms()), ARGV[1])
  redis.call('ZADD', KEYS[3], redis.call('HGET', b, 'createdAt'), ARGV[1])
end
return moved
`);

/**
 * Changes what a batch may cost. KEYS: batch. ARGV: millionths of a dollar, 0 for no limit.
 * Returns 1 when the batch was paused for its budget and may go on now, else 0; -1 without a batch.
 */
export const setBudgetScript = defineScript(/* lua */ `
local b = KEYS[1]
local head = redis.call('HMGET', b, 'id', 'pausedFor', 'costMicroUsd')
if not head[1] then return -1 end
redis.call('HSET', b, 'budgetMicroUsd', ARGV[1])
redis.call('HINCRBY', b, 'seq', 1)
local budget = tonumber(ARGV[1])
if head[2] == 'budget' and (budget == 0 or budget > tonumber(head[3])) then return 1 end
return 0
`);
