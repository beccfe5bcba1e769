import { batchIdOfJob } from '../jobs/job-ids.ts';
import type { Database } from '../redis/database.ts';
import { parkEconomyCallScript } from './economy-parking.lua.ts';
import type { FlightDeps } from './in-flight.ts';

/** A parked call, as a member of `<batch>:economy`: the id of its job, and its pool. */
export interface ParkedCall {
  jobId: string;
  pool: string;
}

export function writeParked({ jobId, pool }: ParkedCall): string {
  return `${jobId}|${pool}`;
}

export function readParked(member: string): ParkedCall {
  const at = member.indexOf('|');
  return { jobId: member.slice(0, at), pool: member.slice(at + 1) };
}

/**
 * Whether the calls of a SKU wait for provider batches; not any more when the deadline is near, and not while a person waits for its
 * picture, or for a sample.
 */
export async function isInEconomyLane(
  { redis, keys }: Database,
  batchId: string,
  index: number,
): Promise<boolean> {
  const batch = keys.batch(batchId);
  const [lane, isReleased, sampling] = await redis.hmget(batch, 'lane', 'released', 'sampling');
  if (lane !== 'economy' || isReleased === '1' || Number(sampling ?? 0) > 0) return false;
  return (await redis.sismember(`${batch}:awaited`, String(index))) === 0;
}

/** Whether a job is one of a call that waits for a parcel, and is in none. */
export async function isParkedCall({ redis, keys }: Database, parked: ParkedCall): Promise<boolean> {
  const batchId = batchIdOfJob(parked.jobId);
  if (batchId === null) return false;
  return (await redis.zscore(`${keys.batch(batchId)}:economy`, writeParked(parked))) !== null;
}

/** Notes a call that was added parked. One whose batch was deleted meanwhile goes. */
export async function parkEconomyCall(
  pool: FlightDeps,
  { batchId, jobId }: { batchId: string; jobId: string },
): Promise<void> {
  const { redis, keys, aiQueue } = pool;
  const member = writeParked({ jobId, pool: keys.poolName });
  const scriptKeys = [keys.batch(batchId), keys.economy, keys.clock];
  if (Number(await parkEconomyCallScript(redis, scriptKeys, [batchId, member])) === 0)
    await aiQueue.remove(jobId);
}
