import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from './connect.ts';

/** Redis that has not answered for this long will not be waited for by a process that is told to stop. */
const GONE_AFTER_MS = 3000;
const ASK_EVERY_MS = 250;

/** Resolves when Redis has not answered for 3 s, refused or frozen; never when it answers until the signal fires. */
export async function redisGone(redis: Redis, signal: AbortSignal): Promise<void> {
  let answeredAt = performance.now();
  let isAsking = false;
  while (performance.now() - answeredAt < GONE_AFTER_MS) {
    if (signal.aborted) return new Promise(() => {});
    if (!isAsking && redis.status === 'ready') {
      isAsking = true;
      redis
        .ping()
        .then(() => {
          answeredAt = performance.now();
        })
        .catch(() => {})
        .finally(() => {
          isAsking = false;
        });
    }
    await sleep(ASK_EVERY_MS);
  }
}
