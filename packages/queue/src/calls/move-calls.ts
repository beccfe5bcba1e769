import { AiJobData } from '@image-studio/contract';
import type { Queue } from 'bullmq';
import type { CallPools } from '../jobs/call-pools.ts';
import { removeIdle } from '../jobs/remove-idle.ts';
import type { PoolTroubles } from '../quota/pool-trouble.ts';
import type { Database } from '../redis/database.ts';
import { handOver } from './hand-over.ts';

export interface MoveCallsDeps extends Database {
  workerId: string;
  skuQueue: Queue;
  pools: CallPools;
  troubles: PoolTroubles;
}

/** Fleet-wide: one process looks in each second. One that dies keeps the others waiting for no longer. */
const LEASE_MS = 900;
/** Jobs read, and removed, at once. */
const CHUNK = 200;
/** States of calls that nobody works on. */
const IDLE = ['prioritized', 'wait', 'delayed'] as const;

/**
 * Takes calls out of the queue of a pool that cannot make them, where a pool that can may make them instead. BullMQ removes a
 * job and lets its SKU's job go on in one script, and the SKU plans the call anew, with another model: `choose-model.ts` of the
 * worker. Whoever dies in between leaves a call where it was, or a SKU that goes on. A call whose request is on the wire stays until
 * that is settled, and so does the one that finds out whether the model is still down. Resolves to how many went.
 */
export async function moveCalls(deps: MoveCallsDeps): Promise<number> {
  const { redis, keys } = deps;
  if ((await redis.set(keys.lease('move-calls'), deps.workerId, 'PX', LEASE_MS, 'NX')) === null) return 0;
  let moved = 0;
  for (const pool of await redis.smembers(keys.movable)) moved += await emptyPool(deps, pool);
  return moved;
}

async function emptyPool(deps: MoveCallsDeps, pool: string): Promise<number> {
  const { redis, keys, pools, troubles } = deps;
  const trouble = await troubles.of(pool);
  if (trouble === null) return 0;
  const { aiQueue } = pools.of({ pool });
  const ids = await aiQueue.getRanges([...IDLE], 0, -1);
  if (ids.length === 0) return 0;
  // A request is named <job id>.<time>.<start>.
  const sent = new Set((await redis.hkeys(keys.unsettled)).map((token) => token.split('.', 1)[0]));
  const probe = trouble.isProbeDue ? await troubles.probeOf(pool) : null;
  let moved = 0;
  for (let from = 0; from < ids.length; from += CHUNK) {
    const found = await readCalls(deps, aiQueue, ids.slice(from, from + CHUNK));
    const going = new Map<string, string>();
    for (const [id, { callKey, fallbacks = [] }] of found) {
      if (sent.has(id) || callKey === probe) continue;
      if (await anyCan(troubles, fallbacks)) going.set(id, callKey);
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
): Promise<[string, Pick<AiJobData, 'callKey' | 'fallbacks'>][]> {
  const texts = await Promise.all(ids.map((id) => redis.hget(aiQueue.toKey(id), 'data')));
  return ids.flatMap((id, position) => {
    const parsed = Movable.safeParse(JSON.parse(texts[position] ?? '{}'));
    return parsed.success ? [[id, parsed.data] as const] : [];
  }) as [string, Pick<AiJobData, 'callKey' | 'fallbacks'>][];
}

const Movable = AiJobData.pick({ callKey: true, fallbacks: true });

async function anyCan(troubles: PoolTroubles, pools: readonly string[]): Promise<boolean> {
  for (const pool of pools) if ((await troubles.of(pool)) === null) return true;
  return false;
}
