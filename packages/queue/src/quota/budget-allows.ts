import type { Database } from '../redis/database.ts';
import { redisNow } from '../redis/redis-now.ts';

/**
 * Whether a batch's budget bears one more call that nobody planned: `usd` must be left over when everything that is
 * still to be made, and everything on the wire, has been paid at that price. Without a budget it always is.
 */
export async function budgetAllows(
  { redis, keys }: Database,
  batchId: string,
  usd: number,
): Promise<boolean> {
  const batch = keys.batch(batchId);
  const [head, reserved] = await Promise.all([
    redis.hmget(batch, 'budgetMicroUsd', 'costMicroUsd', 'imagesExpected', 'imagesDone'),
    redisNow(redis).then((now) => redis.zrangebyscore(`${batch}:reserved`, now, '+inf')),
  ]);
  const [budget = 0, spent = 0, expected = 0, done = 0] = head.map(Number);
  if (budget <= 0) return true;
  // A member is `<millionths>:<token>`.
  const open = reserved.reduce((sum, member) => sum + Number.parseInt(member, 10), 0);
  const needed = (Math.max(0, expected - done) + 1) * usd * 1e6;
  return spent + open + needed <= budget;
}
