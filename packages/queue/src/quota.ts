import { executeAll, type Redis } from './connect.ts';
import type { Keys } from './keys.ts';
import type { QuotaView } from './studio-api.ts';

export interface QuotaConfig {
  model: string;
  callsPerMinute: number;
}

/** The quota as the fleet sees it now: the run-time override, else what this process was configured with. */
export async function readQuota(redis: Redis, keys: Keys, config: QuotaConfig): Promise<QuotaView> {
  const now = Date.now();
  const [override, pausedUntil, calls] = await Promise.all([
    redis.hget(keys.quota, 'callsPerMinute'),
    redis.hget(keys.pace, 'pausedUntil'),
    redis.zcount(keys.callWindow, now - 60_000, '+inf'),
  ]);
  const callsPerMinute = Number(override ?? config.callsPerMinute);
  return {
    model: config.model,
    callsPerMinute,
    utilisation: calls / callsPerMinute,
    callsLastMinute: calls,
    pausedUntil:
      pausedUntil !== null && Number(pausedUntil) > now ? new Date(Number(pausedUntil)).toISOString() : null,
  };
}

/** Changes the rate for every worker at once; the schedule starts anew, so a slow past does not hold a fast future. */
export async function writeQuota(redis: Redis, keys: Keys, callsPerMinute: number): Promise<void> {
  await executeAll(
    redis
      .multi()
      .hset(keys.quota, 'callsPerMinute', callsPerMinute)
      .hdel(keys.pace, 'next', 'trim')
      .del(keys.aiLimiter),
  );
}
