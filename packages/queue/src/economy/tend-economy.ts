import { promoteJob } from '../jobs/promote-job.ts';
import { redisNow } from '../redis/redis-now.ts';
import { readParked } from '../scheduling/economy-parking.ts';
import { advanceParcel } from './advance-parcel.ts';
import { type PackDeps, packCalls } from './pack-calls.ts';
import { leaveLaneScript, releaseBatchScript } from './parcels.lua.ts';
import { type OpenBatch, readOpenBatches, readTimeNeeded } from './time-needed.ts';

/** Parcels that a process works on at once: each may be a file of many pictures. */
const AT_ONCE = 2;
/** Parked calls looked at in one go. */
const CHUNK = 500;
/** Most calls that are ready at once: minutes of most quotas, and less than half of the jobs that `rank-jobs` puts in order. */
const MOST_READY = 2000;

export interface TendDeps extends PackDeps {
  workerId: string;
  jobLockMs: number;
  /** Ends all work of the process. */
  signal: AbortSignal;
}

/** The economy lane's part of a worker process. One process of the fleet packs; each parcel is in the hands of one at a time. */
export interface Economy {
  /** Looks what there is to do, and begins it; resolves when what it began has ended. */
  tend(): Promise<void>;
}

export function createEconomy(deps: TendDeps): Economy {
  const own = new Set<string>();
  return {
    async tend() {
      await withLease(deps, 'economy', () => tendBatches(deps));
      const ids = await deps.redis.zrangebyscore(
        deps.keys.parcels,
        '-inf',
        await redisNow(deps.redis),
        'LIMIT',
        0,
        50,
      );
      await Promise.all(
        ids.map(async (id) => {
          if (own.size >= AT_ONCE || own.has(id) || deps.signal.aborted) return;
          own.add(id);
          try {
            await withLease(deps, `parcel:${id}`, () => advance(deps, id));
          } finally {
            own.delete(id);
          }
        }),
      );
    },
  };
}

async function advance(deps: TendDeps, id: string): Promise<void> {
  try {
    await advanceParcel(deps, id, deps.signal);
  } catch (error) {
    if (deps.signal.aborted) return;
    deps.log.warn({ parcel: id, err: error }, 'a parcel is looked at again later');
    const at = (await redisNow(deps.redis)) + deps.times.faultMs;
    await deps.redis.zadd(deps.keys.parcels, 'XX', Math.round(at), id);
  }
}

/**
 * Runs `work` under a lease, unless another process holds that. The lease is renewed meanwhile, and ends soon after its process
 * has died.
 */
async function withLease(deps: TendDeps, what: string, work: () => Promise<void>): Promise<void> {
  const { redis, keys, workerId } = deps;
  const leaseMs = Math.round(Math.min(deps.jobLockMs, deps.times.leaseMs));
  const lease = keys.lease(what);
  if ((await redis.set(lease, workerId, 'PX', leaseMs, 'NX')) === null) return;
  const renewal = setInterval(
    () => void redis.pexpire(lease, leaseMs).catch(() => {}),
    Math.round(leaseMs / 3),
  );
  const stop = () => clearInterval(renewal);
  // The work may notice the signal late: from here on the lease runs out, and another process may go on.
  deps.signal.addEventListener('abort', stop, { once: true });
  try {
    await work();
  } finally {
    stop();
    deps.signal.removeEventListener('abort', stop);
    if ((await redis.get(lease)) === workerId) await redis.del(lease);
  }
}

async function tendBatches(deps: TendDeps): Promise<void> {
  const inLane = await deps.redis.smembers(deps.keys.economy);
  if (inLane.length === 0) return;
  const open = await readOpenBatches(deps, inLane);
  for (const batch of open.filter(({ id }) => inLane.includes(id))) {
    if (deps.signal.aborted) return;
    await tendBatch(deps, batch, open);
  }
}

/** Packs parked calls of a batch among `open` into parcels; near the deadline, releases them. */
async function tendBatch(deps: TendDeps, self: OpenBatch, open: readonly OpenBatch[]): Promise<void> {
  const { redis, keys } = deps;
  const batchId = self.id;
  const batch = keys.batch(batchId);
  const [id, isCancelled, paused, released, deadline, finishedAt] = await redis.hmget(
    batch,
    ...['id', 'isCancelled', 'paused', 'released', 'deadlineMs', 'finishedAt'],
  );
  const parcels = await redis.smembers(`${batch}:parcels`);
  const isOver = id == null || isCancelled === '1' || finishedAt !== '';
  if (isOver || released === '1') {
    // The batch's parcels are to end, soon.
    for (const parcel of parcels) await hurry(deps, parcel);
    if (!isOver) await releaseParkedCalls(deps, batchId);
    if (parcels.length === 0) await leaveLaneScript(redis, [batch, keys.economy], [batchId]);
    return;
  }
  const releaseAt = Number(deadline) - (await readTimeNeeded(deps, self, open));
  if ((await redisNow(redis)) >= releaseAt) {
    if (Number(await releaseBatchScript(redis, [batch], [])) === 1)
      deps.log.info({ batchId }, 'the deadline is near: calls are made one by one');
    return tendBatch(deps, self, open);
  }
  if (paused === '1') return;
  while ((await packCalls(deps, batchId, releaseAt)) > 0 && !deps.signal.aborted);
}

/**
 * Promotes parked calls, to be made one by one, until `MOST_READY` calls are ready: beyond what `rank-jobs` puts in order,
 * other batches would stand behind them.
 */
async function releaseParkedCalls(deps: TendDeps, batchId: string): Promise<void> {
  const { redis, keys, pools } = deps;
  const parked = `${keys.batch(batchId)}:economy`;
  for (;;) {
    const members = await redis.zrange(parked, '0', String(CHUNK - 1));
    const [first] = members;
    if (first === undefined) return;
    if ((await pools.of({ pool: readParked(first).pool }).aiQueue.getPrioritizedCount()) >= MOST_READY)
      return;
    await Promise.all(
      members.map(async (member) => {
        const { jobId, pool } = readParked(member);
        await promoteJob(pools.of({ pool }).aiQueue, jobId);
        await redis.zrem(parked, member);
      }),
    );
  }
}

/** Has a parcel looked at now, unless its provider has been asked to stop. */
async function hurry({ redis, keys }: TendDeps, id: string): Promise<void> {
  if (Number((await redis.hget(keys.parcel(id), 'cancelAskedAt')) ?? 0) > 0) return;
  const state = await redis.hget(keys.parcel(id), 'state');
  if (state === 'creating' || state === 'quarantine') return;
  await redis.zadd(keys.parcels, 'XX', await redisNow(redis), id);
}
