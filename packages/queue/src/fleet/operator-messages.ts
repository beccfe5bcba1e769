import { z } from 'zod';
import type { Keys } from '../batch-store/keys.ts';
import type { Redis } from '../redis/connect.ts';
import type { OperatorMessage } from '../studio-api.ts';

const StoredMessage = z.object({ code: z.string(), message: z.string(), at: z.string() });

/** Raises a message once; a repeat keeps the time of the first. */
export async function raiseOperatorMessage(
  redis: Redis,
  keys: Keys,
  code: string,
  message: string,
): Promise<void> {
  await redis.hsetnx(keys.operator, code, JSON.stringify({ code, message, at: new Date().toISOString() }));
}

/** Takes a message back; harmless when there is none. */
export async function clearOperatorMessage(redis: Redis, keys: Keys, code: string): Promise<void> {
  await redis.hdel(keys.operator, code);
}

export async function listOperatorMessages(redis: Redis, keys: Keys): Promise<OperatorMessage[]> {
  const values = await redis.hvals(keys.operator);
  return values.map((value) => StoredMessage.parse(JSON.parse(value)));
}
