import { defineScript } from '../redis/script.ts';

/**
 * Makes a batch visible, whole. KEYS: batch, all batches, tenant's batches, enqueueing, open batches,
 * idempotency key if there is one: an empty name would be a key outside of the prefix.
 * ARGV: id, tenant, name, options JSON, total, expected images, body digest, created at (ms),
 * budget (millionths of a dollar, 0 for none), most calls in flight (0 for no bound), context of the trace, or '', its pools of calls
 * separated by commas, '' for the default one, who submits it, or '', places of its sample, or '', how many those are,
 * deadline of the economy lane (ms) or '', then plans by which the sample is made again.
 * The SKUs' input was written before, with an expiry that this call takes away: a process that died in between
 * leaves nothing behind, and a call that was held up (a frozen Redis) until its client had given up finds the input
 * gone. Returns `{'created'}`, `{'exists', digest, id}` when the idempotency key is taken, or `{'late'}`.
 */
export const createBatchScript = defineScript(/* lua */ `
local b, id = KEYS[1], ARGV[1]
if redis.call('EXISTS', b) == 1 then return { 'created' } end
if KEYS[6] then
  local known = redis.call('GET', KEYS[6])
  if known then
    local digest, other = string.match(known, '^(%x+) (.+)$')
    -- A key whose batch was deleted is free again.
    if redis.call('EXISTS', string.sub(b, 1, #b - #id) .. other) == 1 then return { 'exists', digest, other } end
  end
end
if redis.call('EXISTS', b .. ':input') == 0 then return { 'late' } end
if KEYS[6] then redis.call('SET', KEYS[6], ARGV[7] .. ' ' .. id, 'EX', 172800) end
redis.call('PERSIST', b .. ':input')
redis.call('PERSIST', b .. ':names')
redis.call('PERSIST', b .. ':columns')
redis.call('PERSIST', b .. ':plan')
redis.call('SET', b .. ':states', string.rep('q', tonumber(ARGV[5])))
redis.call('HSET', b, 'id', id, 'tenant', ARGV[2], 'name', ARGV[3], 'options', ARGV[4],
  'total', ARGV[5], 'waiting', ARGV[5], 'active', 0, 'completed', 0, 'failed', 0, 'cancelled', 0, 'needsReview', 0,
  'imagesExpected', ARGV[6], 'imagesDone', 0, 'callsMade', 0, 'callsReused', 0, 'callsFailed', 0, 'askedAgain', 0, 'costMicroUsd', 0,
  'seq', 1, 'run', 1, 'minRun', 1, 'concurrency', ARGV[10], 'isCancelled', 0, 'paused', 0, 'pausedFor', '', 'budgetMicroUsd', ARGV[9], 'createdAt', ARGV[8], 'finishedAt', '', 'trace', ARGV[11], 'by', ARGV[13])
if ARGV[14] ~= '' then
  redis.call('HSET', b, 'sampleOf', ARGV[14], 'sampling', ARGV[15])
  for i = 17, #ARGV do redis.call('RPUSH', b .. ':plans', ARGV[i]) end
end
if ARGV[16] ~= '' then redis.call('HSET', b, 'lane', 'economy', 'deadlineMs', ARGV[16]) end
if ARGV[12] ~= '' then redis.call('HSET', b, 'pools', ARGV[12]) end
redis.call('ZADD', KEYS[2], ARGV[8], id)
redis.call('ZADD', KEYS[3], ARGV[8], id)
redis.call('ZADD', KEYS[4], ARGV[8], id)
redis.call('ZADD', KEYS[5], ARGV[8], id)
return { 'created' }
`);
