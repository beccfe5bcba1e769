import { defineScript } from '../script.ts';

/**
 * Notes that a job starts, and tells how its earlier starts ended. KEYS: batch, suspect.
 * ARGV: 1 job id, 2 start (its running number), 3 index of the SKU whose record says in which stage the last start was,
 * or '' for a job without stages, 4 deaths that make a job suspect, 5 how long a suspect runs alone (ms).
 *
 * A start that ended in order leaves no trace, so what stands here died with its process. Returns how many did in a
 * row, each in the same stage, or -1 for a suspect that must wait for another one; that start is not noted.
 */
export const openStartScript = defineScript(/* lua */ `
local b = KEYS[1]
if redis.call('EXISTS', b) == 0 then return 0 end
local open = redis.call('HGET', b .. ':starts', ARGV[1])
local stage, died = '', 0
if open then
  local record = ARGV[3] ~= '' and redis.call('HGET', b .. ':records', ARGV[3])
  if record then
    local known = cjson.decode(record).stage
    if type(known) == 'string' then stage = known end
  end
  local before, count = string.match(open, '^(%a*):(%d+):')
  died = stage == before and tonumber(count) + 1 or 1
end
if died >= tonumber(ARGV[4]) then
  local other = redis.call('GET', KEYS[2])
  if other and other ~= ARGV[1] then return -1 end
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[5])
end
redis.call('HSET', b .. ':starts', ARGV[1], stage .. ':' .. died .. ':' .. ARGV[2])
return died
`);

/**
 * Notes that a start ended in order. KEYS: batch, suspect. ARGV: job id, start. A later one's note stays, but forgets
 * the deaths before it: this start lost its lock in a freeze and was taken for dead, while its process lived.
 */
export const closeStartScript = defineScript(/* lua */ `
local starts = KEYS[1] .. ':starts'
local open = redis.call('HGET', starts, ARGV[1])
if not open then return 0 end
local stage, latest = string.match(open, '^(%a*):%d+:(%d+)$')
if latest ~= ARGV[2] then
  if latest and tonumber(latest) > tonumber(ARGV[2]) then
    redis.call('HSET', starts, ARGV[1], stage .. ':0:' .. latest)
  end
  return 0
end
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return redis.call('HDEL', starts, ARGV[1])
`);
