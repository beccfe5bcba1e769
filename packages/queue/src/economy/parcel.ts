import { z } from 'zod';
import { quotaDay } from '../quota/quota-day.ts';
import type { Database } from '../redis/database.ts';
import { redisNow } from '../redis/redis-now.ts';
import type { ParcelledCall } from './parcel-work.ts';
import { closeParcelScript, moveParcelScript, settleParcelledScript } from './parcels.lua.ts';

/** Parcels that have ended are remembered as long as what was paid for. */
const REMEMBERED_SECONDS = 30 * 86_400;

/**
 * The states of a parcel, in the order of its life. `intended`: its money is reserved. `uploading`: nothing was created.
 * `creating`: the provider was asked for a batch, and its answer may be lost. `created`: the provider has named the batch.
 * `quarantine`: nobody could find out whether there is a batch.
 */
const OpenState = z.enum(['intended', 'uploading', 'creating', 'created', 'quarantine']);
type OpenState = z.output<typeof OpenState>;

const Stored = z.object({
  id: z.string(),
  batchId: z.string(),
  pool: z.string(),
  model: z.string(),
  displayName: z.string(),
  state: z.union([OpenState, z.enum(['done', 'failed', 'cancelled'])]),
  /** Creates that were begun. */
  attempt: z.string(),
  file: z.string().default(''),
  name: z.string().default(''),
  /** Since the last create: when it was asked for (ms), looks that did not find it, and looks that were not answered. */
  askedAt: z.coerce.number().default(0),
  absent: z.coerce.number().default(0),
  unanswered: z.coerce.number().default(0),
  /** Since when (ms) the provider has been asked to stop; 0: it has not. */
  cancelAskedAt: z.coerce.number().default(0),
  /** 1 while the provider refuses what is asked of it. */
  refused: z.coerce.number().default(0),
});
export type Parcel = z.output<typeof Stored>;

export async function readParcel({ redis, keys }: Database, id: string): Promise<Parcel | null> {
  const hash = await redis.hgetall(keys.parcel(id));
  return hash.id === undefined ? null : Stored.parse(hash);
}

/** The calls of a parcel, by call key. */
export async function readParcelledCalls(
  { redis, keys }: Database,
  id: string,
): Promise<Map<string, ParcelledCall>> {
  const hash = await redis.hgetall(`${keys.parcel(id)}:calls`);
  return new Map(Object.entries(hash).map(([callKey, json]) => [callKey, JSON.parse(json) as ParcelledCall]));
}

/** Moves a parcel on, to be looked at again after `inMs`; false when another process was faster. Changes `parcel`, too. */
export async function moveParcel(
  { redis, keys }: Database,
  parcel: Parcel,
  state: OpenState,
  inMs: number,
  fields: Partial<
    Pick<Parcel, 'attempt' | 'file' | 'name' | 'absent' | 'unanswered' | 'cancelAskedAt' | 'refused'>
  > = {},
): Promise<boolean> {
  const { id, state: from, attempt } = parcel;
  const moved = await moveParcelScript(
    redis,
    [keys.parcel(id), keys.parcels],
    [id, from, attempt, state, Math.round(inMs), ...Object.entries(fields).flat()],
  );
  if (Number(moved) === 0) return false;
  Object.assign(parcel, { state, ...fields });
  return true;
}

/** Name of the request of a parcelled call; no other request has it. */
export const requestIn = (parcelId: string, callKey: string) => `${parcelId}.${callKey}`;

export interface ParcelResult {
  verdict: 'ok' | 'failed' | 'unsent';
  outcome: string;
  costUsd: number;
}

/** Books a call of the parcel, once; resolves to -1 when it was booked before, else to how many parcels have failed to bring it. */
export async function settleParcelled(
  { redis, keys }: Database,
  { id, batchId, pool }: Pick<Parcel, 'id' | 'batchId' | 'pool'>,
  callKey: string,
  { verdict, outcome, costUsd }: ParcelResult,
): Promise<number> {
  const own = keys.pool(pool);
  const { day } = quotaDay(await redisNow(redis));
  return Number(
    await settleParcelledScript(
      redis,
      [keys.batch(batchId), keys.parcel(id), keys.parcelled, keys.totals, own.dayCost(day)],
      [id, callKey, verdict, Math.round(costUsd * 1e6), outcome, own.poolSuffix.replace('@', ':')],
    ),
  );
}

/** Ends the parcel; false while something of it is not booked. */
export async function closeParcel(
  { redis, keys }: Database,
  { id, batchId }: Parcel,
  state: 'done' | 'failed' | 'cancelled',
): Promise<boolean> {
  const closed = await closeParcelScript(
    redis,
    [keys.parcel(id), keys.parcels, `${keys.batch(batchId)}:parcels`, keys.parcelled],
    [id, state, REMEMBERED_SECONDS],
  );
  return Number(closed) === 1;
}
