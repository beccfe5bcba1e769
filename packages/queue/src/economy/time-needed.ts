import { percentiles } from '../batch-store/percentiles.ts';
import { readPools } from '../batch-store/read-pools.ts';
import { secondCalls } from '../batch-store/second-calls.ts';
import { listWorkers } from '../fleet/fleet.ts';
import { OPEN_SLICE } from '../fleet/read-waiting.ts';
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
  /** Turns that others take before the last of these has had its own. */
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
 * calls that may be on the wire at once, or of finishing, whichever is slowest, with room for the end of its parcels (`reserveMs`).
 */
export function timeNeededMs(work: WorkAtRelease, reserveMs: number): number {
  const { pictures, latencyMs, finishedPerMinute } = work;
  const turns = pictures + work.besides;
  const callMs = Math.max(60_000 / work.callsPerMinute, latencyMs.p50 / Math.max(1, work.callsAtOnce));
  const callsMs = turns * (1 + work.again) * callMs + (pictures > 0 ? latencyMs.p90 : 0);
  // In between: at the pace of the worst hour, batches would be released, and paid in full, that had hours left.
  const finishMs = finishedPerMinute
    ? (turns * 60_000) / Math.sqrt(finishedPerMinute.low * finishedPerMinute.high)
    : 0;
  return SAFETY * (Math.max(callsMs, finishMs) + reserveMs);
}

/** A batch that has not ended, as far as others wait for it. */
export interface OpenBatch {
  id: string;
  pools: readonly string[];
  /** Pictures that are not listed. */
  pictures: number;
  isPaused: boolean;
  /** Until when (ms) its calls are parked; `null` where they are not. */
  parkedUntil: number | null;
}

/** Batches of the economy lane (`inLane`), and the oldest of the others that are open. */
export async function readOpenBatches(
  { redis, keys }: Database,
  inLane: readonly string[],
): Promise<OpenBatch[]> {
  const open = await redis.zrange(keys.open, '0', String(OPEN_SLICE - 1));
  return Promise.all(
    [...new Set([...inLane, ...open])].map(async (id) => {
      const [pools, expected, total, waiting, active, paused, lane, released, deadline] = await redis.hmget(
        keys.batch(id),
        ...[
          'pools',
          'imagesExpected',
          'total',
          'waiting',
          'active',
          'paused',
          'lane',
          'released',
          'deadlineMs',
        ],
      );
      const perSku = Number(expected) / Math.max(1, Number(total));
      return {
        id,
        pools: readPools(pools),
        pictures: (Number(waiting) + Number(active)) * perSku,
        isPaused: paused === '1',
        parkedUntil: lane === 'economy' && released !== '1' ? Number(deadline) : null,
      };
    }),
  );
}

/**
 * Turns that other batches take while this one is made one by one: fair share gives each of them as many as this one at most. Calls that stay
 * parked for longer take none.
 */
export function turnsBeside(batch: OpenBatch, open: readonly OpenBatch[]): number {
  const until = batch.parkedUntil ?? 0;
  const rivals = open.filter(
    ({ id, pools, isPaused, parkedUntil }) =>
      id !== batch.id &&
      !isPaused &&
      (parkedUntil === null || parkedUntil <= until) &&
      pools.some((pool) => batch.pools.includes(pool)),
  );
  return rivals.reduce((sum, { pictures }) => sum + Math.min(batch.pictures, pictures), 0);
}

/** How long before its deadline a batch among `open` is released (ms), as it stands. */
export async function readTimeNeeded(
  { redis, keys, pools, times }: PackDeps,
  batch: OpenBatch,
  open: readonly OpenBatch[],
): Promise<number> {
  const [name] = batch.pools;
  const { quota, keys: own, concurrency } = pools.of({ pool: name });
  const [override, latencies, again, workers] = await Promise.all([
    redis.hget(own.quota, 'callsPerMinute'),
    redis.lrange(own.latencies, 0, -1),
    redis.lrange(own.again, 0, -1),
    listWorkers({ redis, keys }),
  ]);
  const atOnce = workers.reduce((sum, { capacity }) => sum + (capacity?.aiConcurrency ?? 1), 0);
  return timeNeededMs(
    {
      pictures: batch.pictures,
      again: secondCalls(again.map(Number)).likely,
      besides: turnsBeside(batch, open),
      callsPerMinute: Number(override ?? quota.callsPerMinute),
      callsAtOnce: Math.min(atOnce, concurrency ?? atOnce),
      latencyMs: percentiles(latencies.map(Number)) ?? { p50: 0, p90: 0 },
      finishedPerMinute: toldPace(workers),
    },
    times.reserveMs,
  );
}
