import { DEFAULT_POOL } from '@image-studio/contract';
import { z } from 'zod';
import type { Database } from '../redis/database.ts';
import type { OperatorMessage } from '../redis/operator-message.ts';

const StoredMessage = z.object({
  code: z.string(),
  message: z.string(),
  at: z.string(),
  pool: z.string().optional(),
});

/** Raises a message about the pool whose keys these are, once; a repeat keeps the time of the first. */
export async function raiseOperatorMessage(
  { redis, keys }: Database,
  code: string,
  message: string,
): Promise<void> {
  const pool = keys.poolSuffix === '' ? undefined : keys.poolName;
  const told: OperatorMessage = { code, message, at: new Date().toISOString(), ...(pool && { pool }) };
  await redis.hsetnx(keys.operator, fieldOf(keys, code), JSON.stringify(told));
}

/** Takes a message back; harmless when there is none. */
export async function clearOperatorMessage({ redis, keys }: Database, code: string): Promise<void> {
  await redis.hdel(keys.operator, fieldOf(keys, code));
}

/** The messages of all pools. */
export async function listOperatorMessages({ redis, keys }: Database): Promise<OperatorMessage[]> {
  const values = await redis.hvals(keys.operator);
  return values.map((value) => StoredMessage.parse(JSON.parse(value)));
}

/** Of one pool. */
export async function listPoolMessages(pool: Database): Promise<OperatorMessage[]> {
  const { poolName } = pool.keys;
  return (await listOperatorMessages(pool)).filter((message) => (message.pool ?? DEFAULT_POOL) === poolName);
}

function fieldOf({ poolSuffix }: Database['keys'], code: string): string {
  return `${code}${poolSuffix}`;
}
