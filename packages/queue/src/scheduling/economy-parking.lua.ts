import { FAIR_SHARE } from '../quota/fair-share.lua.ts';
import { defineScript } from '../redis/script.ts';

/**
 * Notes a call that waits for a provider batch. KEYS: batch, batches of the economy lane, clock of the pool. ARGV: batch id,
 * member of the parked calls. It is charged a turn like a call that is made: otherwise the photos of such a batch would all be prepared before
 * anybody else's. Returns 0 when the batch is gone.
 */
export const parkEconomyCallScript = defineScript(/* lua */ `
${FAIR_SHARE}
local b = KEYS[1]
if redis.call('EXISTS', b) == 0 then return 0 end
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
if redis.call('ZADD', b .. ':economy', 'NX', now, ARGV[2]) == 1 then charge(b, KEYS[3], now) end
redis.call('SADD', KEYS[2], ARGV[1])
return 1
`);
