import { SHARED } from '../batch-store/batch.lua.ts';
import { SAMPLE } from '../batch-store/sample.lua.ts';
import { TALLY } from '../batch-store/tally.lua.ts';
import { defineScript } from '../redis/script.ts';

/** Arguments of one SKU in `changeSampleScript`. */
const SKU_FIELDS = 7;

/**
 * Changes how a batch that waits for a person is made from now on, whole or not at all. KEYS: batch, enqueueing. ARGV: batch
 * id, SHA-1 of its options as they were read, options, plan, pools of its calls with commas between ('' for the default one), 1
 * when all goes on instead of the sample, plans by which the sample is made again, one a line; then for each SKU of the sample
 * that is made again: index, state character and SHA-1 of its record as they were read, record from now on ('' as it was), what
 * is tallied of it (stage, code, failing rules). Returns 1; 0 when something has changed since it was read; -1 when the batch
 * waits for nobody, or is gone.
 */
export const changeSampleScript = defineScript(/* lua */ `
${SHARED}
${SAMPLE}
${TALLY}
local b = KEYS[1]
local head = redis.call('HMGET', b, 'pausedFor', 'options')
if head[1] ~= 'sample' then return -1 end
if redis.sha1hex(head[2]) ~= ARGV[2] then return 0 end
for i = 8, #ARGV, ${SKU_FIELDS} do
  local known = redis.call('HGET', b .. ':records', ARGV[i]) or ''
  if state_of(b, ARGV[i]) ~= ARGV[i + 1] or redis.sha1hex(known) ~= ARGV[i + 2] then return 0 end
end
redis.call('HSET', b, 'options', ARGV[3])
redis.call('SET', b .. ':plan', ARGV[4])
if ARGV[5] ~= '' then redis.call('HSET', b, 'pools', ARGV[5]) end
redis.call('DEL', b .. ':plans')
if ARGV[7] ~= '' then
  redis.call('DEL', b .. ':choices')
  for plan in string.gmatch(ARGV[7], '[^\\n]+') do redis.call('RPUSH', b .. ':plans', plan) end
end
redis.call('HINCRBY', b, 'seq', 1)
for i = 8, #ARGV, ${SKU_FIELDS} do
  if ARGV[i + 3] ~= '' then redis.call('HSET', b .. ':records', ARGV[i], ARGV[i + 3]) end
  set_state(b, ARGV[i], ARGV[i + 1], 'q')
  tally_sku(b, ARGV[i], ARGV[i + 4], ARGV[i + 5], ARGV[i + 6])
  touch(b, ARGV[i])
end
if ARGV[6] == '1' then
  redis.call('HSET', b, 'paused', 0, 'pausedFor', '')
elseif #ARGV > 7 then
  sample_again(b)
else
  return 1
end
next_run(b)
redis.call('ZADD', KEYS[2], math.floor(now_ms()), ARGV[1])
return 1
`);
