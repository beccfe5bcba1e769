import { randomBytes } from 'node:crypto';
import { AiJobData } from '@image-studio/contract';
import { microUsd } from '../batch-store/micro-usd.ts';
import { parseKnown } from '../batch-store/parse-known.ts';
import { redisNow } from '../redis/redis-now.ts';
import { readParked, writeParked } from '../scheduling/economy-parking.ts';
import type { ParcelDeps } from './advance-parcel.ts';
import type { ParcelledCall } from './parcel-work.ts';
import { intendParcelScript } from './parcels.lua.ts';
import { placeCall } from './place-call.ts';

/** Most calls of a parcel, and most bytes of their photos: a file of the provider's holds 2 GB in base64. */
const MOST_CALLS = 500;
const MOST_BYTES = 1_000_000_000;

export interface PackDeps extends ParcelDeps {
  pauseForBudget(batchId: string): Promise<void>;
}

/**
 * Makes the next parcel of a batch, if its parked calls are enough for one or have waited long enough. A parcel holds calls of one batch, one
 * pool and one model: so one deadline, one budget and one cancel concern it. Resolves to how many calls it holds.
 */
export async function packCalls(deps: PackDeps, batchId: string): Promise<number> {
  const { redis, keys, times } = deps;
  const parked = `${keys.batch(batchId)}:economy`;
  const [count, [, firstAt = '0'], [, lastAt = '0'], now] = await Promise.all([
    redis.zcard(parked),
    redis.zrange(parked, '0', '0', 'WITHSCORES'),
    redis.zrange(parked, '-1', '-1', 'WITHSCORES'),
    redisNow(redis),
  ]);
  if (count === 0) return 0;
  const isDue = now - Number(firstAt) >= times.gatherMs || now - Number(lastAt) >= times.quietMs;
  if (count < MOST_CALLS && !isDue) return 0;
  const calls = await parkedCalls(deps, batchId, await redis.zrange(parked, '0', String(MOST_CALLS - 1)));
  const [first] = calls;
  const poolName = first?.pool ?? '';
  const work = first && deps.work(poolName);
  if (!first || !work) return 0;
  let bytes = 0;
  const together = calls.filter(({ data, pool }) => {
    bytes += data.inputs.reduce((sum, input) => sum + input.bytes, 0);
    return pool === poolName && data.model === first.data.model && bytes <= MOST_BYTES;
  });
  const id = `p${randomBytes(9).toString('hex')}`;
  const [taken = 0, isOver = 0] = (await intendParcelScript(
    redis,
    [keys.batch(batchId), keys.parcel(id), keys.parcels, keys.parcelled, keys.unsettled],
    [
      ...[batchId, id, poolName, first.data.model, `studio-${id}`, times.gone],
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
  // A pause takes the jobs away that parcels on their way out still need.
  if (isOver === 1 && (await areAllOut(deps, batchId))) await deps.pauseForBudget(batchId);
  return 0;
}

/** The parked calls that wait; the others are taken out of the line: their jobs are gone, or work, or have nothing left to do. */
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
