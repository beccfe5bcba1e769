import type { EconomyProgress } from '@image-studio/contract';
import type { Database } from '../redis/database.ts';

/** Where the calls of a batch in the economy lane are; `null` for any other batch. */
export async function readEconomy(
  { redis, keys }: Database,
  batchId: string,
): Promise<EconomyProgress | null> {
  const batch = keys.batch(batchId);
  const [head, parked] = await Promise.all([
    redis.hmget(
      batch,
      ...['lane', 'deadlineMs', 'economyAtProvider', 'economyBack', 'released', 'isCancelled'],
    ),
    redis.zcard(`${batch}:economy`),
  ]);
  const [lane, deadlineMs, atProvider, back, released, isCancelled] = head;
  if (lane !== 'economy') return null;
  const isOut = Number(atProvider ?? 0) > 0;
  return {
    deadline: new Date(Number(deadlineMs)).toISOString(),
    parked: isCancelled === '1' ? 0 : parked,
    atProvider: Number(atProvider ?? 0),
    back: Number(back ?? 0),
    isReleased: released === '1',
    cancelRequested: isOut && (isCancelled === '1' || released === '1'),
  };
}
