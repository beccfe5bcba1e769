import { percentiles } from '../batch-store/percentiles.ts';
import type { QuotaLimits } from '../jobs/call-pools.ts';
import { executeAll } from '../redis/connect.ts';
import type { Database } from '../redis/database.ts';
import { redisNow } from '../redis/redis-now.ts';
import { quotaDay } from './quota-day.ts';
import type { QuotaView } from './quota-view.ts';

export interface QuotaConfig extends QuotaLimits {
  model: string;
}

/** Buckets of ten seconds in the ten rolling minutes of the spend limit; see `start-call.lua.ts`. */
const SPEND_BUCKETS = 60;
const BUCKET_MS = 10_000;

/** The quota as the fleet sees it now: the run-time override, else what this process was configured with. */
export async function readQuota(db: Database, config: QuotaConfig): Promise<QuotaView> {
  const { redis, keys } = db;
  const now = await redisNow(redis);
  const [override, pausedUntil, calls, today, costToday, spend, latencies, openUntil, prices] =
    await Promise.all([
      redis.hget(keys.quota, 'callsPerMinute'),
      redis.hget(keys.pace, 'pausedUntil'),
      redis.zcount(keys.callWindow, now - 60_000, '+inf'),
      redis.get(keys.day(quotaDay(now).day)),
      redis.get(keys.dayCost(quotaDay(now).day)),
      redis.hgetall(keys.spend),
      redis.lrange(keys.latencies, 0, -1),
      redis.hget(keys.breaker, 'openUntil'),
      redis.lrange(keys.prices, 0, -1),
    ]);
  const callsPerMinute = Number(override ?? config.callsPerMinute);
  return {
    model: config.model,
    callsPerMinute,
    utilisation: calls / callsPerMinute,
    callsLastMinute: calls,
    callsToday: Number(today ?? 0),
    callsPerDay: config.callsPerDay ?? null,
    costTodayUsd: Number(costToday ?? 0) / 1e6,
    spentLast10MinUsd: recentSpend(spend, now),
    spendPer10MinUsd: config.spendPer10MinUsd ?? null,
    latencyMs: percentiles(latencies.map(Number)),
    meanPriceUsd:
      prices.length === 0 ? null : prices.reduce((sum, usd) => sum + Number(usd), 0) / prices.length / 1e6,
    breakerOpen: openUntil !== null,
    pausedUntil: laterThan(now, pausedUntil),
  };
}

/** Spans of the pace: a minute in all. */
const PACE_SPANS = 12;
const PACE_SPAN_MS = 5000;

/** Calls that left in each of the last spans, oldest first. */
export async function readRecentCalls(db: Database): Promise<number[]> {
  const { redis, keys } = db;
  const now = await redisNow(redis);
  return Promise.all(
    Array.from({ length: PACE_SPANS }, (_, span) => {
      const from = now - (PACE_SPANS - span) * PACE_SPAN_MS;
      return redis.zcount(keys.callWindow, `(${from}`, from + PACE_SPAN_MS);
    }),
  );
}

/**
 * Changes the rate for every worker at once. The schedule starts anew, so a slow past does not hold a fast future; a
 * pause that the provider asked for ends too: the person who changes the quota knows better. `null`: as configured.
 */
export async function writeQuota(db: Database, callsPerMinute: number | null): Promise<void> {
  const { redis, keys } = db;
  await executeAll(redis, (all) => {
    all.hdel(keys.pace, 'next', 'trim', 'pausedUntil', 'limitedUntil').del(keys.aiLimiter);
    return callsPerMinute === null
      ? all.hdel(keys.quota, 'callsPerMinute')
      : all.hset(keys.quota, 'callsPerMinute', callsPerMinute);
  });
}

function recentSpend(buckets: Record<string, string>, now: number): number {
  const oldest = Math.floor(now / BUCKET_MS) - SPEND_BUCKETS;
  const recent = Object.entries(buckets).filter(([bucket]) => Number(bucket) > oldest);
  return recent.reduce((sum, [, microUsd]) => sum + Number(microUsd), 0) / 1e6;
}

function laterThan(now: number, ms: string | null): string | null {
  return ms !== null && Number(ms) > now ? new Date(Number(ms)).toISOString() : null;
}
