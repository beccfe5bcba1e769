import type { Queue } from 'bullmq';
import { wakeWaiters } from '../calls/call-waiters.ts';
import { releaseClaimScript } from '../calls/claims.lua.ts';
import type { CallPools } from '../jobs/call-pools.ts';
import { batchIdOfJob } from '../jobs/job-ids.ts';
import { promoteJob } from '../jobs/promote-job.ts';
import { removeIdle } from '../jobs/remove-idle.ts';
import type { Database } from '../redis/database.ts';
import { isInEconomyLane, parkEconomyCall } from '../scheduling/economy-parking.ts';
import type { ParcelledCall } from './parcel-work.ts';

/** A call that so many parcels have not brought is made one by one, which finds out what is wrong with it. */
const MOST_PARCELS = 2;

export interface PlaceDeps extends Database {
  skuQueue: Queue;
  pools: CallPools;
}

/**
 * Decides what becomes of the job of a call that is in no parcel (any more). When its picture is in the ledger, the job is
 * removed, and its SKU goes on at once: started, the job would only stand behind calls that wait for quota. Without a picture
 * the call is parked again, or made one by one; with `drop` its job is removed, too, and its SKU looks again. Harmless twice,
 * and for a job that is gone or at work.
 */
export async function placeCall(
  deps: PlaceDeps,
  { batchId, pool: poolName }: { batchId: string; pool: string },
  { callKey, jobId, index }: Pick<ParcelledCall, 'callKey' | 'jobId' | 'index'>,
  how: 'park' | 'drop' = 'park',
): Promise<void> {
  const { redis, keys, pools } = deps;
  const pool = pools.of({ pool: poolName });
  const [isPaid, parcel, owner, tries] = await Promise.all([
    redis.exists(keys.ledger(callKey)),
    redis.hget(keys.parcelled, callKey),
    redis.get(keys.claim(callKey)),
    redis.hget(`${keys.batch(batchId)}:lineErrors`, callKey),
  ]);
  if (parcel !== null) return;
  // After a pause another run of its SKU has a job for it.
  const jobs = [...new Set([jobId, owner ?? jobId])].filter((id) => batchIdOfJob(id) === batchId);
  if (isPaid === 1 || how === 'drop') {
    await takeAway(deps, pool.aiQueue, callKey, jobs);
    return wakeWaiters(deps, callKey);
  }
  for (const id of jobs) {
    if ((await redis.zscore(keys.queue(pool.keys.aiQueue, 'delayed'), id)) === null) continue;
    const isParked = Number(tries ?? 0) < MOST_PARCELS && (await isInEconomyLane(deps, batchId, index));
    if (isParked) await parkEconomyCall(pool, { batchId, jobId: id });
    else await promoteJob(pool.aiQueue, id);
  }
}

async function takeAway(deps: Database, aiQueue: Queue, callKey: string, jobs: string[]): Promise<void> {
  const { redis, keys } = deps;
  for (const id of jobs) {
    if ((await redis.zscore(aiQueue.toKey('delayed'), id)) === null) continue;
    await removeIdle(aiQueue, [id]);
    await releaseClaimScript(redis, [keys.claim(callKey)], [id]);
  }
}
