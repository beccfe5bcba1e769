import { quotaDay } from '../quota/quota-day.ts';
import type { Database } from '../redis/database.ts';
import { redisNow } from '../redis/redis-now.ts';
import type { CallResult } from './call-result.ts';
import { settleCallScript } from './settle-call.lua.ts';

/** One request to the model, as it stands in the books: `token` is unique to it. */
export interface CallRequestRef {
  batchId: string;
  index: number;
  token: string;
}

/** Books what a request cost, by the keys of its pool. Resolves to -1 when it had been booked before, else to 1 while the breaker is open, else 0. */
export async function settleCall(
  { redis, keys }: Database,
  { batchId, index, token }: CallRequestRef,
  result: CallResult,
): Promise<number> {
  const { day } = quotaDay(await redisNow(redis));
  const answer = await settleCallScript(
    redis,
    [
      keys.batch(batchId),
      keys.totals,
      keys.spend,
      keys.day(day),
      keys.breaker,
      keys.latencies,
      keys.dayCost(day),
      keys.unsettled,
      keys.prices,
    ],
    [
      index,
      token,
      result.outcome === 'ok' ? 'ok' : 'failed',
      Math.round(result.costUsd * 1e6),
      result.outcome,
      result.health === 'unknown' ? '' : result.health,
      result.counted ? 0 : 1,
      Math.round(result.latencyMs),
      keys.poolSuffix.replace('@', ':'),
    ],
  );
  return Number(answer);
}

/** A request whose answer was lost with its process: the provider bills it all the same. */
export function lostCall(costUsd: number): CallResult {
  return { outcome: 'lost', costUsd, latencyMs: 0, health: 'unknown', counted: true };
}
