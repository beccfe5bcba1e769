import { randomBytes } from 'node:crypto';
import { AiJobData } from '@image-studio/contract';
import { microUsd } from '../batch-store/micro-usd.ts';
import { parseKnown } from '../batch-store/parse-known.ts';
import { batchIdOfJob } from '../jobs/job-ids.ts';
import { redisNow } from '../redis/redis-now.ts';
import { readParked, writeParked } from '../scheduling/economy-parking.ts';
import type { ParcelDeps } from './advance-parcel.ts';
import type { ParcelledCall } from './parcel-work.ts';
import { intendParcelScript } from './parcels.lua.ts';
import { placeCall } from './place-call.ts';

/** Most calls of a parcel. */
const MOST_CALLS = 500;
/** Calls gather for at most one of so many parts of the time until the release: the provider needs the others. */
const GATHER_PARTS = 8;

export interface PackDeps extends ParcelDeps {
  pauseForBudget(batchId: string): Promise<void>;
}

/**
 * Makes the next parcel of a batch, if its parked calls are enough for one, if no more will come soon, or if they have waited long enough. A
 * parcel holds calls of one batch, one pool and one model: so one deadline, one budget and one cancel concern it. `releaseAt`: when the batch
 * is released (ms). Resolves to how many calls it holds.
 */
export async function packCalls(deps: PackDeps, batchId: string, releaseAt: number): Promise<number> {
  const { redis, keys } = deps;
  const parked = `${keys.batch(batchId)}:economy`;
  const count = await redis.zcard(parked);
  if (count === 0 || (count < MOST_CALLS && !(await isDue(deps, batchId, releaseAt)))) return 0;
  const calls = await parkedCalls(deps, batchId, await redis.zrange(parked, '0', String(MOST_CALLS - 1)));
  const [first] = calls;
  const poolName = first?.pool ?? '';
  const work = first && deps.work(poolName);
  if (!first || !work) return 0;
  let bytes = 0;
  const together = calls.filter(({ data, pool }) => {
    bytes += data.inputs.reduce((sum, input) => sum + input.bytes, 0);
    return (
      pool === poolName && data.model === first.data.model && (bytes <= work.mostBytes || data === first.data)
    );
  });
  const id = `p${randomBytes(9).toString('hex')}`;
  const [taken = 0, isOver = 0] = (await intendParcelScript(
    redis,
    [keys.batch(batchId), keys.parcel(id), keys.parcels, keys.parcelled, keys.unsettled],
    [
      ...[batchId, id, poolName, first.data.model, `studio-${id}`, deps.times.gone],
      ...together.flatMap(({ data, jobId }) => {
        const { callKey, index, run, imageSize, role } = data;
        const estimate = microUsd(work.estimateUsd(data));
        const kept: ParcelledCall = { callKey, index, run, jobId, imageSize, role, estimate };
        return [callKey, writeParked({ jobId, pool: poolName }), index, run, estimate, JSON.stringify(kept)];
      }),
    ],
  )) as number[];
  if (taken > 0) {
    deps.log.info({ parcel: id, batchId, calls: taken }, 'parcel intended');
    return taken;
  }
  // A pause removes jobs, and parcels on their way to the provider still need theirs.
  if (isOver === 1 && (await areAllOut(deps, batchId))) await deps.pauseForBudget(batchId);
  return 0;
}

/** Whether parked calls are to be packed now, although they fill no parcel. `releaseAt`: when the batch is released (ms). */
async function isDue(deps: PackDeps, batchId: string, releaseAt: number): Promise<boolean> {
  const { redis, keys, times } = deps;
  const parked = `${keys.batch(batchId)}:economy`;
  const [[, firstAt = '0'], [, lastAt = '0'], waiting, now] = await Promise.all([
    redis.zrange(parked, '0', '0', 'WITHSCORES'),
    redis.zrange(parked, '-1', '-1', 'WITHSCORES'),
    redis.hget(keys.batch(batchId), 'waiting'),
    redisNow(redis),
  ]);
  if (now - Number(firstAt) >= Math.max(times.gatherMs, (releaseAt - now) / GATHER_PARTS)) return true;
  if (waiting !== '0' || now - Number(lastAt) < times.quietMs) return false;
  return !(await isPreparing(deps, batchId));
}

/** Whether a SKU of the batch is worked on, or is about to be: it may park a call soon. */
async function isPreparing({ skuQueue }: PackDeps, batchId: string): Promise<boolean> {
  const ids = await skuQueue.getRanges(['active', 'wait', 'prioritized'], 0, -1);
  return ids.some((id) => batchIdOfJob(id) === batchId);
}

/**
 * The parked calls that still wait. The others leave the line, because their jobs are gone, at work, or have nothing left to
 * do.
 */
async function parkedCalls(
  deps: PackDeps,
  batchId: string,
  members: string[],
): Promise<{ jobId: string; pool: string; data: AiJobData }[]> {
  const { redis, keys, pools } = deps;
  const found = await Promise.all(
    members.map(async (member) => {
      const { jobId, pool } = readParked(member);
      const { aiQueue } = pools.of({ pool });
      const [job, delayed] = await Promise.all([
        aiQueue.getJob(jobId),
        redis.zscore(aiQueue.toKey('delayed'), jobId),
      ]);
      const data = job && parseKnown(AiJobData, job.data);
      const isWaiting = delayed !== null && data !== null && data !== undefined;
      const [isPaid, parcel] = isWaiting
        ? await Promise.all([
            redis.exists(keys.ledger(data.callKey)),
            redis.hget(keys.parcelled, data.callKey),
          ])
        : [0, null];
      if (isWaiting && isPaid === 0 && parcel === null) return { jobId, pool, data };
      await redis.zrem(`${keys.batch(batchId)}:economy`, member);
      if (isWaiting && isPaid === 1)
        await placeCall(deps, { batchId, pool }, { callKey: data.callKey, jobId, index: data.index });
      return null;
    }),
  );
  return found.filter((one) => one !== null);
}

async function areAllOut({ redis, keys }: PackDeps, batchId: string): Promise<boolean> {
  const ids = await redis.smembers(`${keys.batch(batchId)}:parcels`);
  const states = await Promise.all(ids.map((id) => redis.hget(keys.parcel(id), 'state')));
  return states.every((state) => state === 'created' || state === null);
}
