import { DelayedError, type Job, type Queue } from 'bullmq';
import { promoteJob } from '../jobs/promote-job.ts';
import { executeAll } from '../redis/connect.ts';
import type { Database } from '../redis/database.ts';

/** Waiters look again long before; this only clears away those whose jobs are gone. */
export const WAITERS_MS = 6 * 3_600_000;
/** Waiters woken in one go. */
const CHUNK = 100;

/**
 * Delays a SKU's job that needs calls which other SKUs' jobs are making, until one of those has ended, or for `pollMs`: the
 * worker that should wake it may die. Rejects with BullMQ's `DelayedError`.
 */
export async function awaitCalls(
  deps: Database & { skuQueue: Queue },
  job: Job,
  token: string | undefined,
  callKeys: readonly string[],
  pollMs: number,
): Promise<never> {
  const { redis, keys, skuQueue } = deps;
  const id = job.id ?? '';
  await executeAll(redis, (all) => {
    for (const callKey of callKeys) {
      all.sadd(keys.waiters(callKey), id).pexpire(keys.waiters(callKey), WAITERS_MS);
    }
    return all;
  });
  await job.moveToDelayed(Date.now() + pollMs, token);
  // A call that ended before this line could not wake a job that was not delayed yet.
  const made = await Promise.all(callKeys.map((callKey) => isBeingMade(deps, callKey)));
  if (made.includes(false)) await promoteJob(skuQueue, id);
  throw new DelayedError();
}

async function isBeingMade(db: Database, callKey: string): Promise<boolean> {
  const { redis, keys } = db;
  const [paid, claimed] = await Promise.all([
    redis.exists(keys.ledger(callKey)),
    redis.exists(keys.claim(callKey)),
  ]);
  return paid === 0 && claimed === 1;
}

/**
 * A call has ended, its claim is free: the SKUs that wait for its picture go on now. Without a picture only one does,
 * because it will make the call itself, and thousands may wait.
 */
export async function wakeWaiters(
  { redis, keys, skuQueue }: Database & { skuQueue: Queue },
  callKey: string,
): Promise<void> {
  const waiters = keys.waiters(callKey);
  if ((await redis.exists(waiters)) === 0) return;
  const isPaid = (await redis.exists(keys.ledger(callKey))) === 1;
  for (;;) {
    const ids = await redis.spop(waiters, isPaid ? CHUNK : 1);
    if (ids.length === 0) return;
    const woken = await Promise.all(ids.map((id) => promoteJob(skuQueue, id)));
    if (!isPaid && woken.includes(true)) return;
  }
}
