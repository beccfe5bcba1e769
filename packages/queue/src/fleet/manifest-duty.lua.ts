import { defineScript } from '../redis/script.ts';

/**
 * Takes the batch whose manifest has waited longest, for as long as the lease lasts. KEYS: manifests. ARGV: lease (ms).
 * Returns its id, or nothing.
 */
export const takeManifestScript = defineScript(/* lua */ `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local id = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1)[1]
if id then redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), id) end
return id
`);

/** Nobody is to take a manifest that is due for so long (it may have been written). KEYS: manifests. ARGV: batch id, ms. */
export const postponeManifestScript = defineScript(/* lua */ `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
return redis.call('ZADD', KEYS[1], 'XX', now + tonumber(ARGV[2]), ARGV[1])
`);

/**
 * The manifest is written, of the batch as it was at \`seq\`. KEYS: manifests, batch. ARGV: batch id, seq, rest (ms). A change
 * since then, or a later one, is written after the rest. Returns 1 when nothing is left to do.
 */
export const noteManifestWrittenScript = defineScript(/* lua */ `
local head = redis.call('HMGET', KEYS[2], 'seq', 'finishedAt')
if not head[1] then
  redis.call('ZREM', KEYS[1], ARGV[1])
  return 1
end
local t = redis.call('TIME')
local rested = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000) + tonumber(ARGV[3])
redis.call('HSET', KEYS[2], 'manifestRest', rested)
-- Running again: its next end makes it due.
if head[1] == ARGV[2] or head[2] == '' then
  redis.call('ZREM', KEYS[1], ARGV[1])
  return 1
end
redis.call('ZADD', KEYS[1], rested, ARGV[1])
return 0
`);
