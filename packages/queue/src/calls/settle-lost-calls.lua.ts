import { SHARED } from '../batch-store/batch.lua.ts';
import { defineScript } from '../redis/script.ts';

/**
 * Names requests that nobody will settle: the worker that sent them is dead, or their time is long over (it lives, and lost
 * sight of them). KEYS: unsettled requests, pulses. ARGV: a worker that was not heard of for so long is dead (ms).
 * Returns {token, request as JSON, token, request as JSON, …}.
 */
export const lostCallsScript = defineScript(/* lua */ `
${SHARED}
local now, result = now_ms(), {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local request = cjson.decode(all[i + 1])
  local heard = tonumber(redis.call('ZSCORE', KEYS[2], request.worker) or '0')
  if heard < now - tonumber(ARGV[1]) or request['until'] < now then
    result[#result + 1] = all[i]
    result[#result + 1] = all[i + 1]
  end
end
return result
`);
