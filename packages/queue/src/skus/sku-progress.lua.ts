import { SHARED } from '../batch-store/batch.lua.ts';
import { SAMPLE } from '../batch-store/sample.lua.ts';
import { TALLY } from '../batch-store/tally.lua.ts';
import { defineScript } from '../redis/script.ts';

/** The fence at the start of every write: the run must still be wanted and must own the SKU. */
const OWNS = /* lua */ `
local function owns(b, index, run)
  local head = redis.call('HMGET', b, 'minRun')
  if not head[1] or run < tonumber(head[1]) then return false end
  local owner = redis.call('HGET', b .. ':runs', index)
  return owner and tonumber(owner) == run
end
`;

/**
 * Takes a SKU for a run. KEYS: batch. ARGV: index, run.
 * Returns `{1 if there are details, input JSON, options JSON, record JSON or '', tenant, plan JSON or '', sample pass, plans of the
 * later sample passes…}`, or nothing when the run is stale, the batch is gone
 * or the SKU has ended, or others are made first: then the job must drop itself. Safe to run twice: an active SKU stays active.
 */
export const beginSkuScript = defineScript(/* lua */ `
${SHARED}
${SAMPLE}
local b, index, run = KEYS[1], ARGV[1], tonumber(ARGV[2])
local head = redis.call('HMGET', b, 'minRun', 'options', 'tenant', 'pass')
if not head[1] or run < tonumber(head[1]) then return {} end
local owner = redis.call('HGET', b .. ':runs', index)
if owner and tonumber(owner) > run then return {} end
if is_held(b, index) then return {} end
local state = state_of(b, index)
if state == 'q' or state == 'w' then
  set_state(b, index, state, 'a')
  touch(b, index)
elseif state ~= 'a' then
  return {}
end
redis.call('HSET', b .. ':runs', index, run)
return { redis.call('HEXISTS', b .. ':details', index), redis.call('HGET', b .. ':input', index), head[2],
  redis.call('HGET', b .. ':records', index) or '', head[3], redis.call('GET', b .. ':plan') or '', head[4] or '0',
  unpack(redis.call('LRANGE', b .. ':plans', 0, -1)) }
`);

/**
 * Writes the record of an active SKU. KEYS: batch, throughput. ARGV: index, run, record JSON, pictures done, what is tallied of the
 * record (stage, code, failing rules), times of the stages that ran…
 * Returns 1, or 0 when the run no longer owns the SKU.
 */
export const noteSkuScript = defineScript(/* lua */ `
${SHARED}
${OWNS}
${TALLY}
local b, index, run = KEYS[1], ARGV[1], tonumber(ARGV[2])
if not owns(b, index, run) or state_of(b, index) ~= 'a' then return 0 end
redis.call('HSET', b .. ':records', index, ARGV[3])
local before = tonumber(redis.call('HGET', b .. ':done', index) or '0')
if tonumber(ARGV[4]) ~= before then
  redis.call('HSET', b .. ':done', index, ARGV[4])
  redis.call('HINCRBY', b, 'imagesDone', tonumber(ARGV[4]) - before)
  tally_history(b, '0 0 ' .. math.max(0, tonumber(ARGV[4]) - before) .. ' 0 0')
  tally_throughput(KEYS[2], b, tonumber(ARGV[4]) - before)
end
-- Waits for a call although a picture is listed: with one picture a SKU, it was asked for again.
if ARGV[5] == 'G' and redis.call('GETRANGE', b .. ':stages', index, index) ~= 'G' then
  redis.call('HINCRBY', b, 'askedAgain', 1)
end
tally_sku(b, index, ARGV[5], ARGV[6], ARGV[7])
tally_times(b, 8)
touch(b, index)
return 1
`);

/**
 * Ends a SKU. KEYS: batch, totals, open batches, throughput. ARGV: index, run, state character, record JSON, pictures done,
 * failure code or '', 1 when the SKU is ended for a job that cannot end it (its worker died too often) and may not have begun
 * it; details of the record, or '' when they are as they were; then what is tallied of the record (stage, code, failing rules),
 * times of the stages that ran… With the last SKU of a sample the batch is paused, in this same step. Returns `{moved, batch
 * ended now}`; a second call moves nothing.
 */
export const finishSkuScript = defineScript(/* lua */ `
${SHARED}
${SAMPLE}
${OWNS}
${TALLY}
local b, index, run, to = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3]
local state = state_of(b, index)
local started = state == 'a' and owns(b, index, run)
-- Waiting although this run had begun it: a control has put it back for another run.
local unstarted = ARGV[7] == '1' and (state == 'w' or state == 'q')
  and tonumber(redis.call('HGET', b .. ':runs', index) or '0') < run
  and run >= tonumber(redis.call('HGET', b, 'minRun') or '1e9')
if not started and not unstarted then return { 0, 0 } end
redis.call('HSET', b .. ':records', index, ARGV[4])
if ARGV[8] ~= '' then redis.call('HSET', b .. ':details', index, ARGV[8]) end
local before = tonumber(redis.call('HGET', b .. ':done', index) or '0')
redis.call('HSET', b .. ':done', index, ARGV[5])
redis.call('HINCRBY', b, 'imagesDone', tonumber(ARGV[5]) - before)
set_state(b, index, state, to)
redis.call('SREM', b .. ':awaited', index)
redis.call('HDEL', b .. ':steps', index)
tally_sku(b, index, ARGV[9], ARGV[10], ARGV[11])
tally_times(b, 12)
local ended = to == 'f' and '0 1 ' or '1 0 '
tally_history(b, ended .. math.max(0, tonumber(ARGV[5]) - before) .. ' 0 0')
tally_throughput(KEYS[4], b, tonumber(ARGV[5]) - before)
touch(b, index)
redis.call('HINCRBY', KEYS[2], 'skus:' .. COUNT[to] .. ':' .. ARGV[6], 1)
pause_if_sampled(b)
return { 1, end_if_done(b, KEYS[3]) }
`);

/**
 * Puts a SKU back to waiting that its job began and could not go on with. KEYS: batch. ARGV: index, run.
 * Returns 1, or 0 when the run does not own it.
 */
export const putBackSkuScript = defineScript(/* lua */ `
${SHARED}
${OWNS}
local b, index, run = KEYS[1], ARGV[1], tonumber(ARGV[2])
if not owns(b, index, run) or state_of(b, index) ~= 'a' then return 0 end
set_state(b, index, 'a', 'w')
touch(b, index)
return 1
`);

/**
 * Counts a picture that was paid for elsewhere, once per SKU and call. KEYS: batch, totals. ARGV: index, call key.
 */
export const noteReuseScript = defineScript(/* lua */ `
${SHARED}
local b = KEYS[1]
if redis.call('EXISTS', b) == 0 then return 0 end
if redis.call('HSETNX', b .. ':calls', 'r' .. ARGV[1] .. ':' .. string.sub(ARGV[2], 1, 16), 'o') == 0 then return 0 end
redis.call('HINCRBY', b, 'callsReused', 1)
redis.call('HINCRBY', KEYS[2], 'calls:reused', 1)
touch(b, ARGV[1])
return 1
`);
