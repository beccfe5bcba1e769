import { percentiles } from '../batch-store/percentiles.ts';
import { readPools } from '../batch-store/read-pools.ts';
import { secondCalls } from '../batch-store/second-calls.ts';
import { listWorkers } from '../fleet/fleet.ts';
import { readWaiting } from '../fleet/read-waiting.ts';
import { toldPace } from '../quota/workers-pace.ts';
import type { Database } from '../redis/database.ts';
import type { PackDeps } from './pack-calls.ts';

/** Reserve of time at the fallback: calls fail, and what is told of the fleet is a mean. */
const SAFETY = 1.3;

/** What has to be done for a batch of the economy lane from its release to its end, and how fast the fleet is. */
export interface WorkAtRelease {
  /** Pictures that are not listed, wherever their calls are. */
  pictures: number;
  /** Share of pictures that need a second call, from 0 to 1. */
  again: number;
  /** Pictures of others that take their turns beside these. */
  besides: number;
  callsPerMinute: number;
  /** Calls on the wire at once. */
  callsAtOnce: number;
  latencyMs: { p50: number; p90: number };
  /** Pictures a minute for which the processors suffice; `null` while no worker has told: then it bounds nothing. */
  finishedPerMinute: { low: number; high: number } | null;
}

/**
 * How long before its deadline a batch is released, in ms: what its pictures need when they are made one by one, at the pace of the quota, of the
 * calls that may be on the wire at once, or of finishing, whichever is slowest, with room for the end of its parcels (`reserveMs`). Fair share
 * lets each batch advance at the same pace, so others take at most as many turns as it needs itself.
 */
export function timeNeededMs(work: WorkAtRelease, reserveMs: number): number {
  const { pictures, latencyMs, finishedPerMinute } = work;
  const turns = pictures + Math.min(pictures, work.besides);
  const callMs = Math.max(60_000 / work.callsPerMinute, latencyMs.p50 / Math.max(1, work.callsAtOnce));
  const callsMs = turns * (1 + work.again) * callMs + (pictures > 0 ? latencyMs.p90 : 0);
  // In between: at the pace of the worst hour, batches would be released, and paid in full, that had hours left.
  const finishMs = finishedPerMinute
    ? (turns * 60_000) / Math.sqrt(finishedPerMinute.low * finishedPerMinute.high)
    : 0;
  return SAFETY * (Math.max(callsMs, finishMs) + reserveMs);
}

/** The same of a batch as it stands. */
export async function readTimeNeeded(deps: PackDeps, batchId: string): Promise<number> {
  const { redis, keys, pools, times } = deps;
  const batch = await readOpen(deps, batchId);
  const [name] = batch.pools;
  const { quota, keys: own, concurrency } = pools.of({ pool: name });
  const [override, latencies, again, workers, besides] = await Promise.all([
    redis.hget(own.quota, 'callsPerMinute'),
    redis.lrange(own.latencies, 0, -1),
    redis.lrange(own.again, 0, -1),
    listWorkers({ redis, keys }),
    readBesides(deps, batch),
  ]);
  const atOnce = workers.reduce((sum, { capacity }) => sum + (capacity?.aiConcurrency ?? 1), 0);
  return timeNeededMs(
    {
      pictures: batch.pictures,
      again: secondCalls(again.map(Number)).likely,
      besides,
      callsPerMinute: Number(override ?? quota.callsPerMinute),
      callsAtOnce: Math.min(atOnce, concurrency ?? atOnce),
      latencyMs: percentiles(latencies.map(Number)) ?? { p50: 0, p90: 0 },
      finishedPerMinute: toldPace(workers),
    },
    times.reserveMs,
  );
}

interface OpenBatch {
  id: string;
  pools: readonly string[];
  deadlineMs: number;
  /** SKUs that have not begun. */
  waiting: number;
  pictures: number;
}

async function readOpen({ redis, keys }: Database, id: string): Promise<OpenBatch> {
  const [pools, deadline, expected, total, waiting, active] = await redis.hmget(
    keys.batch(id),
    ...['pools', 'deadlineMs', 'imagesExpected', 'total', 'waiting', 'active'],
  );
  const perSku = Number(expected) / Math.max(1, Number(total));
  return {
    id,
    pools: readPools(pools),
    deadlineMs: Number(deadline),
    waiting: Number(waiting),
    pictures: (Number(waiting) + Number(active)) * perSku,
  };
}

/** Pictures of others that are made in the same time: what waits for the same calls, and batches of this lane with the same deadline or an earlier one. */
async function readBesides(db: Database, batch: OpenBatch): Promise<number> {
  const [lane, { startable }] = await Promise.all([
    db.redis.smembers(db.keys.economy),
    readWaiting(db, batch.pools),
  ]);
  const others = await Promise.all(lane.filter((id) => id !== batch.id).map((id) => readOpen(db, id)));
  const ofSamePools = [batch, ...others].filter(({ pools }) =>
    pools.some((pool) => batch.pools.includes(pool)),
  );
  const waitingInLane = ofSamePools.reduce((sum, { waiting }) => sum + waiting, 0);
  const sooner = others.filter(({ deadlineMs }) => deadlineMs <= batch.deadlineMs);
  return Math.max(0, startable - waitingInLane) + sooner.reduce((sum, { pictures }) => sum + pictures, 0);
}
