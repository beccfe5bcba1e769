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
export async function isInEconomyLane(db: Database, batchId: string, index: number): Promise<boolean> {
  if (!(await parksCalls(db, batchId))) return false;
  return (await db.redis.sismember(awaitedOf(db, batchId), String(index))) === 0;
}

/** The same of any number of SKUs of a batch: by their indices, as it is now. */
export async function readEconomyLane(db: Database, batchId: string): Promise<(index: number) => boolean> {
  if (!(await parksCalls(db, batchId))) return () => false;
  const awaited = new Set(await db.redis.smembers(awaitedOf(db, batchId)));
  return (index) => !awaited.has(String(index));
}

async function parksCalls({ redis, keys }: Database, batchId: string): Promise<boolean> {
  const [lane, isReleased, sampling] = await redis.hmget(
    keys.batch(batchId),
    ...['lane', 'released', 'sampling'],
  );
  return lane === 'economy' && isReleased !== '1' && Number(sampling ?? 0) <= 0;
}

const awaitedOf = ({ keys }: Database, batchId: string): string => `${keys.batch(batchId)}:awaited`;

/** Whether the call of a job waits for a parcel, and is in none. */
export async function isParkedCall({ redis, keys }: Database, parked: ParkedCall): Promise<boolean> {
  const batchId = batchIdOfJob(parked.jobId);
  if (batchId === null) return false;
  return (await redis.zscore(`${keys.batch(batchId)}:economy`, writeParked(parked))) !== null;
}

/** Notes a call that was added parked; removes it when its batch was deleted meanwhile. */
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
