import { SHARED } from '../batch-store/batch.lua.ts';
import { SAMPLE } from '../batch-store/sample.lua.ts';
import { TALLY } from '../batch-store/tally.lua.ts';
import { defineScript } from '../redis/script.ts';

/** A hundred decisions with their reasons. */
const MAX_HISTORY = 20_000;

/** Arguments of one SKU in `reviewSkusScript`. */
const REVIEW_FIELDS = 10;

/**
 * Writes decisions of a reviewer, each only if its SKU is still as it was read: a job that began it meanwhile, or
 * another reviewer, wins. KEYS: batch, enqueueing, open batches. ARGV: batch id, 1 when a person waits for the pictures
 * that are wanted, then for
 * each SKU: index, state character and SHA-1 of the record as they were read, state
 * character and record from now on, what is tallied of it (stage, code, failing rules), details of the record or '' when
 * they are as they were, and the decision as a line of the SKU's history, or ''.
 * SKUs that wait again get a new run, because their old job may still lie about, and a batch that had ended goes on.
 * Returns {how many wait again, then 1 or 0 for each SKU}, or {-1} without a batch.
 */
export const reviewSkusScript = defineScript(/* lua */ `
${SHARED}
${SAMPLE}
${TALLY}
-- A SKU's history has at most ${MAX_HISTORY} bytes: its oldest lines go first.
local function note_decision(b, index, line)
  local lines = (redis.call('HGET', b .. ':decisions', index) or '') .. line .. '\\n'
  while #lines > ${MAX_HISTORY} do lines = string.sub(lines, string.find(lines, '\\n', 1, true) + 1) end
  redis.call('HSET', b .. ':decisions', index, lines)
end
local b = KEYS[1]
if redis.call('EXISTS', b) == 0 then return { -1 } end
local result, again = { 0 }, 0
for i = 3, #ARGV, ${REVIEW_FIELDS} do
  local index, from, to = ARGV[i], ARGV[i + 1], ARGV[i + 3]
  local known = redis.call('HGET', b .. ':records', index) or ''
  if state_of(b, index) ~= from or redis.sha1hex(known) ~= ARGV[i + 2] then
    result[#result + 1] = 0
  else
    redis.call('HSET', b .. ':records', index, ARGV[i + 4])
    if ARGV[i + 8] ~= '' then redis.call('HSET', b .. ':details', index, ARGV[i + 8]) end
    if ARGV[i + 9] ~= '' then note_decision(b, index, ARGV[i + 9]) end
    if from ~= to then set_state(b, index, from, to) end
    tally_sku(b, index, ARGV[i + 5], ARGV[i + 6], ARGV[i + 7])
    touch(b, index)
    if to == 'q' and ARGV[2] == '1' then redis.call('SADD', b .. ':awaited', index) end
    if to == 'q' and from ~= 'q' then again = again + 1 end
    result[#result + 1] = 1
  end
end
if again > 0 then
  next_run(b)
  sample_again(b)
  redis.call('HSET', b, 'finishedAt', '', 'isCancelled', 0)
  redis.call('ZADD', KEYS[2], math.floor(now_ms()), ARGV[1])
  redis.call('ZADD', KEYS[3], redis.call('HGET', b, 'createdAt'), ARGV[1])
end
result[1] = again
return result
`);
