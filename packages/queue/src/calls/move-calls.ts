import { AiJobData } from '@image-studio/contract';
import type { Queue } from 'bullmq';
import { readPools } from '../batch-store/read-pools.ts';
import type { CallPools } from '../jobs/call-pools.ts';
import { removeIdle } from '../jobs/remove-idle.ts';
import type { PoolTroubles } from '../quota/pool-trouble.ts';
import type { Database } from '../redis/database.ts';
import { readEconomyLane } from '../scheduling/economy-parking.ts';
import { handOver } from './hand-over.ts';

export interface MoveCallsDeps extends Database {
  workerId: string;
  skuQueue: Queue;
  pools: CallPools;
  troubles: PoolTroubles;
}

/** Of the fleet, one process looks each second. When it dies, another one takes over after this. */
const LEASE_MS = 900;
/** Jobs read, and removed, at once. */
const CHUNK = 200;
/** States of calls that nobody works on. */
const IDLE = ['prioritized', 'wait', 'delayed'] as const;

/**
 * Moves calls from a pool that cannot make them to a pool that can, and back when the pool that their batch wishes for makes
 * calls again. To move a call is to remove its job: BullMQ lets the SKU's job go on in the same script, and the SKU plans the
 * call anew, with another model (`choose-model.ts` of the worker). A process that dies half-way leaves a call where it was, or
 * a SKU that goes on. Three kinds of calls stay: one whose request is on the wire, until it is settled; the probe that finds
 * out whether the model is still down; and one that is parked for a parcel, or in one. Resolves to how many calls were moved.
 */
export async function moveCalls(deps: MoveCallsDeps): Promise<number> {
  const { redis, keys } = deps;
  if ((await redis.set(keys.lease('move-calls'), deps.workerId, 'PX', LEASE_MS, 'NX')) === null) return 0;
  const movable = await redis.smembers(keys.movable);
  let moved = 0;
  for (const pool of movable) moved += await emptyPool(deps, pool);
  for (const pool of await redis.smembers(keys.troubled)) moved += await fillPool(deps, pool, movable);
  return moved;
}

async function emptyPool(deps: MoveCallsDeps, pool: string): Promise<number> {
  const { pools, troubles } = deps;
  const trouble = await troubles.of(pool);
  if (trouble === null) return 0;
  const probe = trouble.isProbeDue ? await troubles.probeOf(pool) : null;
  const mayComeInParcel = readParcelsOf(deps, pool);
  return takeOut(
    deps,
    pools.of({ pool }).aiQueue,
    async (call) =>
      call.callKey !== probe &&
      (await anyCan(troubles, call.fallbacks ?? [])) &&
      !(await mayComeInParcel(call)),
  );
}

/**
 * Tells which calls of a pool may still come in a parcel. In the economy lane a call of the batch's first pool waits until the
 * batch is released; a call that is in a parcel by then may still come back, and is billed. Each batch is read once, however
 * many of its calls wait.
 */
function readParcelsOf(deps: MoveCallsDeps, pool: string): (call: MovableCall) => Promise<boolean> {
  const { redis, keys } = deps;
  const held = new Map<string, Promise<(index: number) => boolean>>();
  let parcelled: Promise<Set<string>> | undefined;
  return async ({ batchId, index, callKey }) => {
    const isHeld = held.get(batchId) ?? readHeld(deps, batchId, pool);
    held.set(batchId, isHeld);
    if ((await isHeld)(index)) return true;
    parcelled ??= redis.hkeys(keys.parcelled).then((callKeys) => new Set(callKeys));
    return (await parcelled).has(callKey);
  };
}

/** Which SKUs of a batch have calls of this pool that wait for a parcel. */
async function readHeld(
  deps: MoveCallsDeps,
  batchId: string,
  pool: string,
): Promise<(index: number) => boolean> {
  const stored = await deps.redis.hget(deps.keys.batch(batchId), 'pools');
  return readPools(stored)[0] === pool ? readEconomyLane(deps, batchId) : () => false;
}

/**
 * Takes calls of batches that wish for this pool out of the queues of other pools, once this pool makes calls again; a single one, as a
 * probe, while it may still be down. The SKUs of these calls then plan them for this pool.
 */
async function fillPool(deps: MoveCallsDeps, pool: string, movable: readonly string[]): Promise<number> {
  const { redis, keys, pools, troubles } = deps;
  const trouble = await troubles.of(pool);
  if (trouble !== null && (!trouble.isProbeDue || (await troubles.probeOf(pool)) !== null)) return 0;
  const most = trouble === null ? Number.POSITIVE_INFINITY : 1;
  const wishes = new Map<string, Promise<boolean>>();
  const wishesFor = (batchId: string): Promise<boolean> => {
    const known =
      wishes.get(batchId) ??
      redis.hget(keys.batch(batchId), 'pools').then((stored) => readPools(stored)[0] === pool);
    wishes.set(batchId, known);
    return known;
  };
  let moved = 0;
  for (const other of movable) {
    if (other === pool || moved >= most) continue;
    const isOurs = async ({ batchId, fallbacks = [] }: MovableCall) =>
      fallbacks.includes(pool) && wishesFor(batchId);
    moved += await takeOut(deps, pools.of({ pool: other }).aiQueue, isOurs, most - moved);
  }
  if (trouble === null && moved === 0) await redis.srem(keys.troubled, pool);
  return moved;
}

/** Removes from a queue idle calls whose requests are not on the wire, the last first; resolves to how many it removed. */
async function takeOut(
  deps: MoveCallsDeps,
  aiQueue: Queue,
  isGoing: (call: MovableCall) => Promise<boolean>,
  most = Number.POSITIVE_INFINITY,
): Promise<number> {
  const { redis, keys } = deps;
  const ids = (await aiQueue.getRanges([...IDLE], 0, -1)).reverse();
  if (ids.length === 0) return 0;
  // A request is named <job id>.<time>.<start>.
  const sent = new Set((await redis.hkeys(keys.unsettled)).map((token) => token.split('.', 1)[0]));
  let moved = 0;
  for (let from = 0; from < ids.length && moved < most; from += CHUNK) {
    const found = await readCalls(deps, aiQueue, ids.slice(from, from + CHUNK));
    const going = new Map<string, string>();
    for (const [id, call] of found) {
      if (sent.has(id) || moved + going.size >= most) continue;
      if (await isGoing(call)) going.set(id, call.callKey);
    }
    await removeIdle(aiQueue, [...going.keys()]);
    await handOver(deps, aiQueue, going);
    moved += going.size;
  }
  return moved;
}

async function readCalls(
  { redis }: Database,
  aiQueue: Queue,
  ids: string[],
): Promise<[string, MovableCall][]> {
  const texts = await Promise.all(ids.map((id) => redis.hget(aiQueue.toKey(id), 'data')));
  return ids.flatMap((id, position) => {
    const parsed = Movable.safeParse(JSON.parse(texts[position] ?? '{}'));
    return parsed.success ? [[id, parsed.data] as const] : [];
  }) as [string, MovableCall][];
}

const Movable = AiJobData.pick({ batchId: true, index: true, callKey: true, fallbacks: true });
type MovableCall = Pick<AiJobData, 'batchId' | 'index' | 'callKey' | 'fallbacks'>;

async function anyCan(troubles: PoolTroubles, pools: readonly string[]): Promise<boolean> {
  for (const pool of pools) if ((await troubles.of(pool)) === null) return true;
  return false;
}
