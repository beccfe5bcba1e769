import { defineScript } from '../redis/script.ts';

/**
 * Forgets a paid picture whose bytes are lost. An entry that was recorded under the same name meanwhile stays.
 * KEYS: note of what was lost, then ledger entries. ARGV: when it was paid for, as its entry says; how long the note is kept (s).
 * Returns 1 when it is the first that was lost under this name within that time, however often it is told, else 0.
 */
export const forgetPictureScript = defineScript(/* lua */ `
for i = 2, #KEYS do
  local entry = redis.call('GET', KEYS[i])
  if entry and cjson.decode(entry).at == ARGV[1] then redis.call('DEL', KEYS[i]) end
end
local lost = redis.call('GET', KEYS[1])
if lost then return lost == ARGV[1] and 1 or 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
`);
