import { defineScript } from '../redis/script.ts';

/** Pictures that are shown as examples of one finding. */
export const MOST_EXAMPLES = 6;

/**
 * Records what was measured of a picture, once. KEYS: audit, its results. ARGV: place of the picture, result, names of counters that it adds
 * to, each with 1 when examples of it are kept. Returns 1 when it is an example of something, 0 when not, -1 without an audit, -2 when it was
 * known.
 */
export const recordPictureScript = defineScript(/* lua */ `
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
if redis.call('HSETNX', KEYS[2], ARGV[1], ARGV[2]) == 0 then return -2 end
redis.call('HINCRBY', KEYS[1], 'measured', 1)
local is_example = 0
for i = 3, #ARGV, 2 do
  local count = redis.call('HINCRBY', KEYS[1], ARGV[i], 1)
  if ARGV[i + 1] == '1' and count <= ${MOST_EXAMPLES} then
    redis.call('HSET', KEYS[1], 'eg ' .. ARGV[i] .. ' ' .. count, ARGV[1])
    is_example = 1
  end
end
return is_example
`);
