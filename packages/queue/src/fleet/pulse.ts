import type { Database } from '../redis/database.ts';
import { defineScript } from '../redis/script.ts';

/** Signs of life within `JOB_LOCK_MS`. A worker that has given none for a whole lock is taken for dead. */
const PULSES = 9;
/** A worker that has been silent for so long is forgotten. */
const REMEMBER_MS = 3_600_000;

export interface PulseDeps extends Database {
  workerId: string;
}

/** How often a worker gives its sign of life (ms). */
export const pulseMs = (jobLockMs: number) => Math.max(50, Math.round(jobLockMs / PULSES));

/** Gives this worker's sign of life. Without it, others book its requests as lost: see `settle-lost-calls.ts`. */
export async function givePulse({ redis, keys, workerId }: PulseDeps): Promise<void> {
  await pulseScript(redis, [keys.pulses], [workerId, REMEMBER_MS]);
}

/** Takes a worker that ends in good order off the list. */
export async function endPulse({ redis, keys, workerId }: PulseDeps): Promise<void> {
  await redis.zrem(keys.pulses, workerId);
}

/** By the clock of Redis, because hosts disagree. KEYS: pulses. ARGV: worker, how long the silent are remembered (ms). */
const pulseScript = defineScript(/* lua */ `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
return redis.call('ZADD', KEYS[1], now, ARGV[1])
`);
