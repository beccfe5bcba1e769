import { defineScript } from '../redis/script.ts';

/** Shared by all of these scripts: `now`, by the clock of Redis. */
const NOW = /* lua */ `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
`;

/**
 * Begins a chore anew unless it is going on. KEYS: chore, its ended parts, all open chores. ARGV: member of the open ones,
 * items, items of a part. Returns its run, or 0 when it was going on.
 */
export const startChoreScript = defineScript(/* lua */ `
${NOW}
local ended = redis.call('HGET', KEYS[1], 'endedAt')
if ended == '' then return 0 end
local run = (tonumber(redis.call('HGET', KEYS[1], 'run')) or 0) + 1
redis.call('DEL', KEYS[1], KEYS[2], KEYS[1] .. ':seen')
redis.call('HSET', KEYS[1], 'items', ARGV[2], 'size', ARGV[3], 'next', 0, 'run', run, 'rewinds', 0,
  'startedAt', now, 'movedAt', now, 'endedAt', '', 'result', '')
if tonumber(ARGV[2]) == 0 then
  redis.call('HSET', KEYS[1], 'endedAt', now, 'result', 'completed')
else
  redis.call('ZADD', KEYS[3], now, ARGV[1])
end
return run
`);

/** Notes that the jobs of its parts before \`to\` are there. KEYS: chore. ARGV: run, to. */
export const advanceChoreScript = defineScript(/* lua */ `
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then return 0 end
if tonumber(redis.call('HGET', KEYS[1], 'next')) < tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], 'next', ARGV[2]) end
return 1
`);

/**
 * Ends a part, and with the last one the chore. KEYS: chore, its ended parts, open chores. ARGV: member of the open ones, run,
 * part. Ending a part twice is ending it once.
 */
export const endPartScript = defineScript(/* lua */ `
${NOW}
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[2] then return 0 end
redis.call('SADD', KEYS[2], ARGV[3])
redis.call('HSET', KEYS[1], 'movedAt', now, 'rewinds', 0)
local items, size = tonumber(redis.call('HGET', KEYS[1], 'items')), tonumber(redis.call('HGET', KEYS[1], 'size'))
if redis.call('SCARD', KEYS[2]) < math.ceil(items / size) then return 1 end
redis.call('HSET', KEYS[1], 'endedAt', now, 'result', 'completed')
redis.call('DEL', KEYS[2], KEYS[1] .. ':seen')
redis.call('ZREM', KEYS[3], ARGV[1])
return 2
`);

/**
 * Lets a chore begin with its first part again when none has ended for too long: jobs that are still there are not added
 * twice. After too many times in a row it has failed. KEYS: chore, its ended parts, open chores. ARGV: member of the open ones, run, ms without
 * an end, times at most.
 */
export const rewindChoreScript = defineScript(/* lua */ `
${NOW}
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[2] then return 0 end
if now - tonumber(redis.call('HGET', KEYS[1], 'movedAt')) < tonumber(ARGV[3]) then return 0 end
if redis.call('HINCRBY', KEYS[1], 'rewinds', 1) <= tonumber(ARGV[4]) then
  redis.call('HSET', KEYS[1], 'next', 0, 'movedAt', now)
  return 1
end
redis.call('HSET', KEYS[1], 'endedAt', now, 'result', 'failed')
redis.call('DEL', KEYS[2], KEYS[1] .. ':seen')
redis.call('ZREM', KEYS[3], ARGV[1])
return 2
`);

/** A part waits on purpose: nothing need end before that. KEYS: chore. ARGV: run, ms. */
export const excuseChoreScript = defineScript(/* lua */ `
${NOW}
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'movedAt', now + tonumber(ARGV[2]))
return 1
`);
