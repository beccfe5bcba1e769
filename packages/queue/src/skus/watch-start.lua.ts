import { SHARED } from '../batch-store/batch.lua.ts';
import { defineScript } from '../redis/script.ts';

/**
 * A note of a start: `stage:deaths:start:all:at:worker`. `stage` is where the start before it was, `deaths` and `all` are
 * those before it (see `watch-start.ts`), `at` when it began what it may die of, `worker` who runs it, or `-` while it
 * only waits to be run. Earlier versions wrote the first three.
 */
const NOTE = /* lua */ `
local function read_note(note)
  local stage, deaths, start, all, at, worker = string.match(note, '^(%a*):(%d+):(%d+):(%d+):(%d+):(.*)$')
  if not stage then
    stage, deaths, start = string.match(note, '^(%a*):(%d+):(%d+)$')
    if not stage then return nil end
    all, at, worker = deaths, '0', ''
  end
  return { stage = stage, deaths = tonumber(deaths), start = start, all = tonumber(all), at = tonumber(at), worker = worker }
end

local function write_note(starts, id, note)
  local text = table.concat({ note.stage, note.deaths, note.start, note.all, string.format('%.0f', note.at), note.worker }, ':')
  redis.call('HSET', starts, id, text)
end
`;

/**
 * Notes that a job starts, and tells how its earlier starts ended. KEYS: batch, suspect, line, pulses.
 * ARGV: 1 job id, 2 start (its running number), 3 index of the SKU whose record says in which stage the last start was,
 * or '' for a job without stages, 4 worker, 5 a worker that was heard of so long ago lives (ms), 6 `1` when the job has waited for
 * its place in line, 7 between two in line (ms), 8 a death this soon after a start speaks against it (ms), 9 how long
 * a suspect runs alone (ms), 10 how long after a worker's death it lets others go first (ms), 11 deaths that make a suspect, 12 deaths that prove it,
 * 13 deaths of any kind that do.
 *
 * A start that ended in order leaves no trace, so what stands here died with its process, unless that process is
 * still heard of, or is this one. Returns {deaths, deaths of any kind, ms}: after so many ms it may ask again; that start is not noted.
 */
export const openStartScript = defineScript(/* lua */ `
${SHARED}
${NOTE}
local b, starts, id = KEYS[1], KEYS[1] .. ':starts', ARGV[1]
if redis.call('EXISTS', b) == 0 then return { 0, 0, 0 } end
local now = now_ms()
local mine = { stage = '', deaths = 0, start = ARGV[2], all = 0, at = now, worker = ARGV[4] }
local since = now
local last = read_note(redis.call('HGET', starts, id) or '')
if last and last.worker == '-' then
  mine.stage, mine.deaths, mine.all, since = last.stage, last.deaths, last.all, last.at
elseif last then
  local record = ARGV[3] ~= '' and redis.call('HGET', b .. ':records', ARGV[3])
  local known = record and cjson.decode(record).stage
  if type(known) == 'string' then mine.stage = known end
  local is_same = mine.stage == last.stage
  local heard = tonumber(redis.call('ZSCORE', KEYS[4], last.worker) or '0')
  if last.worker == ARGV[4] or heard > now - tonumber(ARGV[5]) then
    if is_same then mine.deaths, mine.all = last.deaths, last.all end
  elseif not is_same then
    mine.deaths, mine.all = 1, 1
  else
    local late = tonumber(ARGV[5])
    local speaks = last.deaths == 0 or heard - last.at < tonumber(ARGV[8])
    -- A suspect runs alone and can take one worker along: several that fell silent at once were killed from outside.
    if last.deaths >= tonumber(ARGV[11]) then
      local dead = redis.call('ZCOUNT', KEYS[4], heard - late, math.min(heard + late, now - late))
      speaks = speaks and dead < 2
    end
    mine.deaths, mine.all = last.deaths + (speaks and 1 or 0), last.all + 1
  end
end

local wait = 0
if mine.deaths >= tonumber(ARGV[12]) or mine.all >= tonumber(ARGV[13]) then
  wait = 0
elseif mine.deaths >= tonumber(ARGV[11]) then
  local other = redis.call('GET', KEYS[2])
  local line = tonumber(redis.call('GET', KEYS[3]) or '0')
  local calm = tonumber(ARGV[10])
  local dead = redis.call('ZREVRANGEBYSCORE', KEYS[4], now - tonumber(ARGV[5]), '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
  local died = dead[2] and tonumber(dead[2]) or 0
  -- Workers that die on and on, of something else, must not hold it up for ever.
  wait = math.max(math.min(died, since + 2 * calm) + calm, line + 10 * tonumber(ARGV[7])) - now
  if wait <= 0 and other and other ~= id then wait = 1000 end
  if wait <= 0 then redis.call('SET', KEYS[2], id, 'PX', ARGV[9]) end
elseif mine.deaths > 0 and ARGV[6] ~= '1' then
  local place = math.max(now, tonumber(redis.call('GET', KEYS[3]) or '0') + tonumber(ARGV[7]))
  redis.call('SET', KEYS[3], string.format('%.0f', place), 'PX', math.ceil(place - now) + 60000)
  wait = place - now
end
if wait > 0 then
  mine.start, mine.at, mine.worker = '0', since, '-'
end
write_note(starts, id, mine)
return { mine.deaths, mine.all, wait > 0 and math.ceil(wait) or 0 }
`);

/**
 * Notes that a start begins only now what it may die of; before, it waited. KEYS: batch, suspect. ARGV: job id, start,
 * how long a suspect runs alone (ms).
 */
export const renewStartScript = defineScript(/* lua */ `
${SHARED}
${NOTE}
local starts, id = KEYS[1] .. ':starts', ARGV[1]
local note = read_note(redis.call('HGET', starts, id) or '')
if not note or note.start ~= ARGV[2] then return 0 end
note.at = now_ms()
write_note(starts, id, note)
if redis.call('GET', KEYS[2]) == id then redis.call('PEXPIRE', KEYS[2], ARGV[3]) end
return 1
`);

/**
 * Notes that a start ended in order. KEYS: batch, suspect. ARGV: job id, start. A later one's note stays, but forgets
 * the deaths before it: this start lost its lock in a freeze and was taken for dead, while its process lived.
 */
export const closeStartScript = defineScript(/* lua */ `
${NOTE}
local starts, id = KEYS[1] .. ':starts', ARGV[1]
local note = read_note(redis.call('HGET', starts, id) or '')
if not note then return 0 end
if note.worker ~= '-' and note.start ~= ARGV[2] then
  if tonumber(note.start) > tonumber(ARGV[2]) then
    note.deaths, note.all = 0, 0
    write_note(starts, id, note)
  end
  return 0
end
if redis.call('GET', KEYS[2]) == id then redis.call('DEL', KEYS[2]) end
return redis.call('HDEL', starts, id)
`);

/** A worker's sign of life, by the clock of Redis. KEYS: pulses. ARGV: worker, how long the dead are remembered (ms). */
export const pulseScript = defineScript(/* lua */ `
${SHARED}
local now = now_ms()
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
return redis.call('ZADD', KEYS[1], now, ARGV[1])
`);
