import { AiJobData, type CallRequest, PAYLOAD_VERSION, type SkuJobData } from '@image-studio/contract';
import type { Job, Queue } from 'bullmq';
import { readPools } from '../batch-store/read-pools.ts';
import type { CallPool, CallPools } from '../jobs/call-pools.ts';
import { aiJobId } from '../jobs/job-ids.ts';
import type { Database } from '../redis/database.ts';
import { isInEconomyLane, isParkedCall, parkEconomyCall } from '../scheduling/economy-parking.ts';
import { hasBound, PARKED_MS, parkCall, releaseCalls } from '../scheduling/in-flight.ts';
import { UNRANKED } from '../scheduling/rank-jobs.ts';
import { WAITERS_MS } from './call-waiters.ts';
import { claimCallScript, keepClaimScript, renewClaimScript, stealClaimScript } from './claims.lua.ts';

/**
 * Time of a claim whose job has yet to be added: until then a missing job does not mean that nobody makes the picture. A
 * process that dies before it adds the job holds other SKUs up for this long at most.
 */
const ADDING_MS = 10_000;
/** A claim outlives the longest wait for quota; it is stolen earlier when its job is gone. */
const CLAIM_MS = 6 * 3_600_000;

/** Time of a claim whose call waits for a provider batch, which may take two days. */
const PARKED_CLAIM_MS = 80 * 3_600_000;

export interface AddCallsDeps extends Database {
  pools: CallPools;
}

/**
 * Adds the calls that a SKU waits for, as children of its job. A picture that is paid for needs none; one that another SKU's
 * job is making right now is left to that job. Returns how many children were added, and the keys of the calls that other SKUs'
 * jobs are making. `atOnce`: keys of calls that are not parked, whatever the lane.
 */
export async function addCalls(
  deps: AddCallsDeps,
  parent: Job<SkuJobData>,
  calls: CallRequest[],
  atOnce: readonly string[] = [],
): Promise<{ added: number; inProgressElsewhere: string[] }> {
  const { batchId, index, run } = parent.data;
  const isEconomy = await isInEconomyLane(deps, batchId, index);
  const isBounded = !isEconomy && (await hasBound(deps, batchId));
  const joined = new Set<CallPool>();
  let added = 0;
  const inProgressElsewhere: string[] = [];
  for (const call of calls) {
    const isParked = isEconomy && !atOnce.includes(call.callKey);
    const id = aiJobId(parent.id ?? '', call.callKey);
    const claim = await claimCall(deps, call, id, { skuJobId: parent.id ?? '', mayWait: isParked });
    if (claim === 'inProgressElsewhere') inProgressElsewhere.push(call.callKey);
    if (claim !== 'mine') continue;
    const pool = deps.pools.of(call);
    await removeIfEnded(pool.aiQueue, id);
    const data = AiJobData.parse({ ...call, v: PAYLOAD_VERSION, batchId, index, run });
    if (call.fallbacks?.length) await noteMovable(deps, batchId, pool.name);
    await pool.aiQueue.add(call.kind, data, {
      jobId: id,
      priority: UNRANKED,
      ...((isBounded || isParked) && { delay: PARKED_MS }),
      parent: { id: parent.id ?? '', queue: parent.queueQualifiedName },
      ignoreDependencyOnFailure: true,
    });
    if (isBounded) await parkCall(pool, batchId, id);
    if (isParked) await parkEconomyCall(pool, { batchId, jobId: id });
    await keepClaimScript(
      deps.redis,
      [deps.keys.claim(call.callKey)],
      [id, isParked ? PARKED_CLAIM_MS : CLAIM_MS],
    );
    joined.add(pool);
    added += 1;
  }
  if (isBounded) for (const pool of joined) await releaseCalls(pool, batchId);
  return { added, inProgressElsewhere };
}

/** Notes for `move-calls.ts` the pools with calls that may move, and those whose calls wait in the queue of another pool. */
async function noteMovable({ redis, keys }: Database, batchId: string, pool: string): Promise<void> {
  await redis.sadd(keys.movable, pool);
  const [wished] = readPools(await redis.hget(keys.batch(batchId), 'pools'));
  if (wished !== pool) await redis.sadd(keys.troubled, wished);
}

/**
 * `mayWait`: the call's batch is in the economy lane. A call of any other batch does not wait for a parked call: it makes the
 * picture, and the parked call finds it in the ledger.
 */
async function claimCall(
  deps: AddCallsDeps,
  call: CallRequest,
  id: string,
  { skuJobId, mayWait }: { skuJobId: string; mayWait: boolean },
): Promise<'mine' | 'paid' | 'inProgressElsewhere'> {
  const { redis, keys } = deps;
  const { callKey } = call;
  const claimed = await claimCallScript(
    redis,
    [keys.ledger(callKey), keys.claim(callKey), keys.waiters(callKey), keys.unsettled],
    [id, ADDING_MS, skuJobId, WAITERS_MS, callKey],
  );
  const [verdict, owner = '', msLeft = 0] = claimed as ['mine' | 'paid' | 'taken', string?, number?];
  if (verdict !== 'taken') return verdict;
  if (msLeft <= ADDING_MS) return 'inProgressElsewhere';
  const isFree = !mayWait && (await isParkedCall(deps, { jobId: owner, pool: deps.pools.of(call).name }));
  if (!isFree && (await isBeingMade(deps.pools, owner))) return 'inProgressElsewhere';
  const names = [keys.claim(callKey), keys.unsettled];
  const stolen = await stealClaimScript(redis, names, [owner, id, ADDING_MS, callKey]);
  return Number(stolen) === 1 ? 'mine' : 'inProgressElsewhere';
}

/** Two accounts may offer the same model: then a call of either makes the same picture. */
async function isBeingMade(pools: CallPools, jobId: string): Promise<boolean> {
  const states = await Promise.all(pools.all().map(({ aiQueue }) => aiQueue.getJobState(jobId)));
  return states.some((state) => state !== 'unknown' && state !== 'completed' && state !== 'failed');
}

/** Renews the claim of a job that starts its call; false when another job has the claim by now. */
export async function renewClaim({ redis, keys }: Database, callKey: string, id: string): Promise<boolean> {
  return Number(await renewClaimScript(redis, [keys.claim(callKey)], [id, CLAIM_MS])) === 1;
}

/**
 * A call of this id that has ended although its picture is not in the ledger (the entry or the bytes were lost) would
 * swallow the new one, because BullMQ takes an id only once.
 */
async function removeIfEnded(aiQueue: Queue, id: string): Promise<void> {
  const state = await aiQueue.getJobState(id);
  if (state === 'completed' || state === 'failed') await aiQueue.remove(id);
}
