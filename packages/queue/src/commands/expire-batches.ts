import { redisNow } from '../redis/redis-now.ts';
import { type ControlDeps, forgetBatch } from './control-batch.ts';
import { removeKeptJobs } from './remove-jobs.ts';

const DAY_MS = 86_400_000;
/** Batches looked at in one round trip. */
const CHUNK = 100;

/**
 * Forgets all batches that ended more than `days` ago and whose manifest is in the store as they are now; objects stay.
 * Returns their ids. Harmless twice and by several processes at once: a process that dies half-way leaves the rest to the next one.
 */
export async function expireBatches(deps: ControlDeps, days: number): Promise<string[]> {
  const { redis, keys } = deps;
  const before = (await redisNow(redis)) - days * DAY_MS;
  const forgotten: string[] = [];
  // No batch ends before it was created, so the search stops at the newest that may be due; batches that stay are stepped over.
  for (let stay = 0; ; ) {
    const ids = await redis.zrangebyscore(keys.batches(), '-inf', before, 'LIMIT', stay, CHUNK);
    for (const id of ids) {
      if ((await isOver(deps, id, before)) && (await forgetBatch(deps, id))) forgotten.push(id);
      else stay += 1;
    }
    if (ids.length < CHUNK) break;
  }
  if (forgotten.length > 0) await removeKeptJobs(deps, new Set(forgotten));
  return forgotten;
}

/** Whether it ended before this time and nothing of it has yet to go into its manifest. */
async function isOver({ redis, keys }: ControlDeps, id: string, before: number): Promise<boolean> {
  const [[finishedAt, manifestRest], due] = await Promise.all([
    redis.hmget(keys.batch(id), 'finishedAt', 'manifestRest'),
    redis.zscore(keys.manifests, id),
  ]);
  if (!finishedAt || Number(finishedAt) >= before || due !== null) return false;
  if (manifestRest) return true;
  // The batch ended before batches had manifests in the store: it gets one first.
  await redis.zadd(keys.manifests, 'NX', before, id);
  return false;
}
