import { SHARED } from '../batch-store/batch.lua.ts';
import { defineScript } from '../redis/script.ts';

/**
 * Gives a SKU another input, only if it is still as it was read: a job that began it meanwhile, or another change, wins.
 * KEYS: batch. ARGV: index, state character, SHA-1 of input and of record as they were read, input and record from now on
 * (an empty record stays as it is). Returns 1, 0 when the SKU has changed, -1 without a batch.
 */
export const changeSkuScript = defineScript(/* lua */ `
${SHARED}
local b, index = KEYS[1], ARGV[1]
if redis.call('EXISTS', b) == 0 then return -1 end
if state_of(b, index) ~= ARGV[2] then return 0 end
if redis.sha1hex(redis.call('HGET', b .. ':input', index) or '') ~= ARGV[3] then return 0 end
if redis.sha1hex(redis.call('HGET', b .. ':records', index) or '') ~= ARGV[4] then return 0 end
redis.call('HSET', b .. ':input', index, ARGV[5])
if ARGV[6] ~= '' then redis.call('HSET', b .. ':records', index, ARGV[6]) end
touch(b, index)
return 1
`);
