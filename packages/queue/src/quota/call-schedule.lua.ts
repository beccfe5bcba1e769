import { SHARED } from '../batch-store/batch.lua.ts';
import { defineScript } from '../redis/script.ts';
import { FAIR_SHARE } from './fair-share.lua.ts';

/**
 * Takes the next slot of a pool's schedule for a call, and charges its batch a turn. KEYS: quota, pace, BullMQ's limiter key,
 * batch, clock. ARGV: configured calls per minute, share of the quota to aim at, lead (ms), preparation (ms), catch-up (ms),
 * index, run, job id, suffix of the pool's keys.
 *
 * The schedule is exact; BullMQ's limiter is only the fence in front of it: it lets a job start `lead` before its slot, so that
 * the request body is ready when the slot comes and BullMQ's 1.5–2 ms a start cost nothing. A longer pause (a 429) that stands
 * in the limiter key is never shortened.
 *
 * Slots that nobody took in time (the machine was busy) are made up for as long as they are fresh; `start-call.lua.ts` bounds
 * how many calls one window may hold because of that. After a longer gap the schedule starts anew. Returns milliseconds until
 * the slot (negative when it is a late one), until the one behind it, and until the end of the pool's pause; nothing when the
 * batch does not want the call any more, 'full' when it has no place in flight: then no slot is taken.
 */
export const reserveSlotScript = defineScript(/* lua */ `
${SHARED}
${FAIR_SHARE}
local minRun = redis.call('HGET', KEYS[4], 'minRun')
if not minRun or tonumber(ARGV[7]) < tonumber(minRun) or state_of(KEYS[4], ARGV[6]) ~= 'a' then return {} end
-- A call without a place among those in flight (somebody promoted it by hand) has to get one first.
local concurrency = tonumber(redis.call('HGET', KEYS[4], 'concurrency') or '0')
local flight = KEYS[4] .. ':flight' .. ARGV[9]
if concurrency > 0 and redis.call('SISMEMBER', flight, ARGV[8]) == 0 then
  if redis.call('SCARD', flight) >= concurrency then return { 'full' } end
  redis.call('SADD', flight, ARGV[8])
end
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + tonumber(t[2]) / 1000
local rate = tonumber(redis.call('HGET', KEYS[1], 'callsPerMinute') or ARGV[1])
local pace = redis.call('HMGET', KEYS[2], 'next', 'trim', 'pausedUntil')
local trim = tonumber(pace[2] or '1')
local interval = 60000 / (rate * tonumber(ARGV[2]) * trim)
local slot = tonumber(pace[1] or '0')
if slot < now - tonumber(ARGV[5]) then slot = now + tonumber(ARGV[4]) end
slot = math.max(slot, tonumber(pace[3] or '0'))
redis.call('HSET', KEYS[2], 'next', string.format('%.3f', slot + interval))
-- A trimmed pace recovers by a thousandth a call, so one 429 is forgotten after a few dozen calls.
if trim < 1 then redis.call('HSET', KEYS[2], 'trim', math.min(1, trim + 0.001)) end
local fence = math.floor(slot + interval - tonumber(ARGV[3]) - now)
if fence > 0 and redis.call('PTTL', KEYS[3]) < fence then redis.call('SET', KEYS[3], 1, 'PX', fence) end
charge(KEYS[4], KEYS[5], math.floor(now))
return { string.format('%.3f', slot - now), string.format('%.3f', interval), tostring(math.max(0, tonumber(pace[3] or '0') - now)) }
`);

/** Gives back a slot that nobody will use: the schedule ends one slot earlier. KEYS: pace. ARGV: milliseconds between slots. */
export const returnSlotScript = defineScript(/* lua */ `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + tonumber(t[2]) / 1000
local slot = tonumber(redis.call('HGET', KEYS[1], 'next') or '0') - tonumber(ARGV[1])
if slot > now then redis.call('HSET', KEYS[1], 'next', string.format('%.3f', slot)) end
return 1
`);

/**
 * Holds back every call of the fleet. KEYS: pace, BullMQ's limiter key. ARGV: milliseconds, limit that is used up or ''.
 * A longer pause is never overwritten by a shorter one.
 */
export const pauseScheduleScript = defineScript(/* lua */ `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + tonumber(t[2]) / 1000
local ms = tonumber(ARGV[1])
local known = tonumber(redis.call('HGET', KEYS[1], 'pausedUntil') or '0')
if now + ms > known then redis.call('HSET', KEYS[1], 'pausedUntil', string.format('%.0f', now + ms)) end
if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], 'limitedUntil', string.format('%.0f', now + ms), 'limitedFor', ARGV[2]) end
if redis.call('PTTL', KEYS[2]) < ms then redis.call('SET', KEYS[2], 1, 'PX', math.ceil(ms)) end
return 1
`);

/**
 * Notes a per-minute 429. KEYS: pace. ARGV: window (ms). Trims the pace by 3 %, at most to 80 %.
 * Returns how many came within the window, this one included: one is bad luck, several are a wrong quota.
 */
export const noteThrottledScript = defineScript(/* lua */ `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + tonumber(t[2]) / 1000
local pace = redis.call('HMGET', KEYS[1], 'trim', 'throttledAt', 'throttled')
redis.call('HSET', KEYS[1], 'trim', math.max(0.8, tonumber(pace[1] or '1') * 0.97))
local count = 1
if now - tonumber(pace[2] or '0') < tonumber(ARGV[1]) then count = tonumber(pace[3] or '0') + 1 end
redis.call('HSET', KEYS[1], 'throttledAt', string.format('%.0f', now), 'throttled', count)
return count
`);
