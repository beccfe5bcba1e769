import { z } from 'zod';
import type { Database } from '../redis/database.ts';
import type { OperatorMessage } from '../redis/operator-message.ts';

const StoredMessage = z.object({ code: z.string(), message: z.string(), at: z.string() });

/** Raises a message once; a repeat keeps the time of the first. */
export async function raiseOperatorMessage(db: Database, code: string, message: string): Promise<void> {
  const { redis, keys } = db;
  await redis.hsetnx(keys.operator, code, JSON.stringify({ code, message, at: new Date().toISOString() }));
}

/** Takes a message back; harmless when there is none. */
export async function clearOperatorMessage(db: Database, code: string): Promise<void> {
  const { redis, keys } = db;
  await redis.hdel(keys.operator, code);
}

export async function listOperatorMessages(db: Database): Promise<OperatorMessage[]> {
  const { redis, keys } = db;
  const values = await redis.hvals(keys.operator);
  return values.map((value) => StoredMessage.parse(JSON.parse(value)));
}
