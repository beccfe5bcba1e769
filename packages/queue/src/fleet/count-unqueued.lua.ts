import { defineScript } from '../redis/script.ts';

/** How many SKUs wait without a job. KEYS: enqueueing. ARGV: prefix of batch keys. */
export const countUnqueuedScript = defineScript(/* lua */ `
local sum = 0
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local _, count = string.gsub(redis.call('GET', ARGV[1] .. id .. ':states') or '', 'q', '')
  sum = sum + count
end
return sum
`);
