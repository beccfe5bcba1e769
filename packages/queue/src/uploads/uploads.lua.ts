import { defineScript } from '../redis/script.ts';

/**
 * Notes an uploaded photo, or that it was uploaded again. KEYS: the tenant's uploads, bytes by tenant. ARGV: tenant, digest,
 * `bytes width height at`. Returns the bytes that the tenant holds now. Noting the same twice is noting it once.
 */
export const noteUploadScript = defineScript(/* lua */ `
local bytes = tonumber(string.match(ARGV[3], '^%d+'))
local known = redis.call('HGET', KEYS[1], ARGV[2])
if known then bytes = bytes - tonumber(string.match(known, '^%d+')) end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
return redis.call('HINCRBY', KEYS[2], ARGV[1], bytes)
`);

/**
 * Forgets an uploaded photo unless it has been uploaded again since. KEYS: the tenant's uploads, bytes by tenant.
 * ARGV: tenant, digest, what was known of it. Returns 1 when it is forgotten.
 */
export const forgetUploadScript = defineScript(/* lua */ `
if redis.call('HGET', KEYS[1], ARGV[2]) ~= ARGV[3] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[2])
local left = redis.call('HINCRBY', KEYS[2], ARGV[1], -tonumber(string.match(ARGV[3], '^%d+')))
if redis.call('EXISTS', KEYS[1]) == 0 or left < 0 then redis.call('HDEL', KEYS[2], ARGV[1]) end
return 1
`);
