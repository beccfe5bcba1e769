import { SHARED } from '../batch-store/batch.lua.ts';
import { defineScript } from '../redis/script.ts';

/**
 * Counts a SKU whose files have been looked at, once in a run. KEYS: chore, batch. ARGV: index of the SKU, SHA-1 of its
 * record as it was read, the record from now on or '', then names and numbers of what is counted.
 */
export const recordRemarkedScript = defineScript(/* lua */ `
${SHARED}
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('EXISTS', KEYS[2]) == 0 then return -1 end
local index = ARGV[1]
if ARGV[3] ~= '' and redis.sha1hex(redis.call('HGET', KEYS[2] .. ':records', index) or '') == ARGV[2] then
  redis.call('HSET', KEYS[2] .. ':records', index, ARGV[3])
  touch(KEYS[2], index)
end
if redis.call('SETBIT', KEYS[1] .. ':seen', index, 1) == 1 then return 0 end
redis.call('HINCRBY', KEYS[1], 'n skus', 1)
for i = 4, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], 'n ' .. ARGV[i], ARGV[i + 1]) end
return 1
`);
