import { SHARED } from '../batch-store/batch.lua.ts';
import { defineScript } from '../redis/script.ts';

/** Id of the job whose request for this picture is on the wire (nobody has booked it yet), whatever became of that job. */
const ON_THE_WIRE = /* lua */ `
local function on_the_wire(unsettled, call_key)
  local all = redis.call('HGETALL', unsettled)
  for i = 1, #all, 2 do
    -- A request is named <job id>.<time>.<start>.
    if string.find(all[i + 1], call_key, 1, true) then return string.match(all[i], '^[^.]+') end
  end
end
`;

/**
 * Claims the making of a picture. KEYS: ledger entry, claim, waiters, unsettled requests. ARGV: job id, time to live (ms), id
 * of the SKU's job, time to live of the waiters (ms), call key. A SKU that finds it taken is a waiter from this moment on, so a
 * cancel of the other batch does not break the call off. Returns `{'paid'}` when it exists, `{'mine'}` when this job is to make
 * it, else `{'taken', job id, ms}`: the job that is making it, and how long its claim has to live.
 */
export const claimCallScript = defineScript(/* lua */ `
${ON_THE_WIRE}
if redis.call('EXISTS', KEYS[1]) == 1 then return { 'paid' } end
local owner, sender = redis.call('GET', KEYS[2]), on_the_wire(KEYS[4], ARGV[5])
-- Also a request of this very job: somebody has removed the job under it.
if not owner and sender then
  owner = sender
  redis.call('SET', KEYS[2], sender, 'PX', ARGV[2])
end
if owner and (owner ~= ARGV[1] or sender) then
  redis.call('SADD', KEYS[3], ARGV[3])
  redis.call('PEXPIRE', KEYS[3], ARGV[4])
  return { 'taken', owner, redis.call('PTTL', KEYS[2]) }
end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return { 'mine' }
`);

/** Makes a claim last, now that its job exists. KEYS: claim. ARGV: owner, time to live (ms). */
export const keepClaimScript = defineScript(/* lua */ `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
`);

/** Renews a claim, also one that has run out. KEYS: claim. ARGV: owner, time to live (ms). Returns 0 when it is another's. */
export const renewClaimScript = defineScript(/* lua */ `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`);

/**
 * Takes a claim from a job that is gone, unless that job's request is on the wire. KEYS: claim, unsettled requests. ARGV: expected
 * owner, new owner, time to live (ms), call key.
 */
export const stealClaimScript = defineScript(/* lua */ `
${ON_THE_WIRE}
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] or on_the_wire(KEYS[2], ARGV[4]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`);

/**
 * Whether a SKU of another batch waits for a call of a cancelled batch. A waiter of a paused batch counts, too: the call is
 * billed whether it is broken off or not. KEYS: waiters. ARGV: prefix of batch keys, id of the cancelled batch.
 */
export const isAwaitedScript = defineScript(/* lua */ `
${SHARED}
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local batch, index = string.match(id, '^(b%w+)_(%d+)_%d+$')
  if batch and batch ~= ARGV[2] and string.find('qwa', state_of(ARGV[1] .. batch, index), 1, true) then
    if redis.call('EXISTS', ARGV[1] .. batch) == 1 then return 1 end
  end
end
return 0
`);

/**
 * Gives back the claim of a job that was removed. KEYS: claim, waiters, the job, unsettled requests. ARGV: owner, call key.
 * Returns 1 when the claim is free now and somebody waits for the picture.
 */
export const releaseGoneClaimScript = defineScript(/* lua */ `
${ON_THE_WIRE}
if redis.call('EXISTS', KEYS[3]) == 1 or redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if on_the_wire(KEYS[4], ARGV[2]) then return 0 end
redis.call('DEL', KEYS[1])
return redis.call('EXISTS', KEYS[2])
`);

/** Gives a claim back. KEYS: claim. ARGV: owner. */
export const releaseClaimScript = defineScript(/* lua */ `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`);
