import type { Queue } from 'bullmq';
import type { Database } from '../redis/database.ts';
import { wakeWaiters } from './call-waiters.ts';
import { releaseGoneClaimScript } from './claims.lua.ts';

/** Claims given back at once. */
const CHUNK = 500;

/**
 * Gives back the claims of jobs that were removed from a queue of calls, and lets a SKU go on that waits for such a picture.
 * `callKeys`: by the id of the job; one that is still there keeps its claim.
 */
export async function handOver(
  deps: Database & { skuQueue: Queue },
  aiQueue: Queue,
  callKeys: ReadonlyMap<string, string>,
): Promise<void> {
  const { redis, keys } = deps;
  const all = [...callKeys];
  for (let from = 0; from < all.length; from += CHUNK) {
    await Promise.all(
      all.slice(from, from + CHUNK).map(async ([id, callKey]) => {
        const scriptKeys = [keys.claim(callKey), keys.waiters(callKey), aiQueue.toKey(id), keys.unsettled];
        const isAwaited = Number(await releaseGoneClaimScript(redis, scriptKeys, [id, callKey]));
        if (isAwaited === 1) await wakeWaiters(deps, callKey);
      }),
    );
  }
}
