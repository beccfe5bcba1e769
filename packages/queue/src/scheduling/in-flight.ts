import type { Queue } from 'bullmq';
import { promoteJob } from '../jobs/promote-job.ts';
import type { Database } from '../redis/database.ts';
import { parkCallScript, releaseCallsScript } from './in-flight.lua.ts';

/** A call that waits for a place lies this far in the future; nothing but a free place brings it nearer. */
export const PARKED_MS = 365 * 86_400_000;

export interface FlightDeps extends Database {
  aiQueue: Queue;
}

/** Whether the batch bounds its calls in flight: then each is added parked. */
export async function hasBound({ redis, keys }: Database, batchId: string): Promise<boolean> {
  return Number((await redis.hget(keys.batch(batchId), 'concurrency')) ?? 0) > 0;
}

/** Notes a call that was added parked; removes it when its batch was deleted meanwhile, because nobody would ever release it. */
export async function parkCall(
  { redis, keys, aiQueue }: FlightDeps,
  batchId: string,
  jobId: string,
): Promise<void> {
  const parked = await parkCallScript(
    redis,
    [keys.batch(batchId), keys.capped],
    [batchId, jobId, keys.poolSuffix],
  );
  if (Number(parked) === 0) await aiQueue.remove(jobId);
}

/** Releases parked calls into free places; the job `ended` has just left its own. Safe to run anywhere, any number of times. */
export async function releaseCalls(deps: FlightDeps, batchId: string, ended = ''): Promise<void> {
  const { redis, keys, aiQueue } = deps;
  const scriptKeys = [keys.batch(batchId), keys.capped];
  const jobs = `${keys.prefix}:${keys.aiQueue}:`;
  const args = [batchId, jobs, ended, keys.poolSuffix];
  const ids = (await releaseCallsScript(redis, scriptKeys, args)) as string[];
  await Promise.all(ids.map((id) => promoteJob(aiQueue, id)));
}

/** Releases calls of every batch that has parked ones: places also come free when a control removes jobs. */
export async function releaseAllCalls(deps: FlightDeps): Promise<void> {
  for (const batchId of await deps.redis.smembers(deps.keys.capped)) await releaseCalls(deps, batchId);
}
