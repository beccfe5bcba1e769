import type { Redis } from './connect.ts';

/**
 * Milliseconds since 1970 by the clock of Redis: the one clock that all hosts of the fleet share. Times are compared by it when
 * another process or a script wrote one of them; the clock of a host only tells how long something took.
 */
export async function redisNow(redis: Redis): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
}
