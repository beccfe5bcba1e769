import { type ChainableCommander, Redis } from 'ioredis';

export type { Redis } from 'ioredis';

/** Reconnect after a fixed pause: recovery takes a second after Redis is back, however long it was away. */
const RETRY_MS = 500;

/**
 * Connection of a process that must answer people: fails fast instead of queueing commands while Redis is away.
 * A command that got no answer in 2 s rejects (it may still run later, so every write must be harmless twice).
 */
export function connectFailFast(redisUrl: string): Redis {
  return new Redis(redisUrl, {
    enableOfflineQueue: false,
    commandTimeout: 2000,
    connectTimeout: 2000,
    maxRetriesPerRequest: 1,
    retryStrategy: () => RETRY_MS,
  });
}

/** Connection of a process that waits for Redis and then goes on: workers and event readers. */
export function connectPatient(redisUrl: string): Redis {
  return new Redis(redisUrl, { maxRetriesPerRequest: null, retryStrategy: () => RETRY_MS });
}

/** Closes without a farewell when the other side is gone; `quit` would wait for it. */
export async function disconnect(redis: Redis): Promise<void> {
  if (redis.status === 'ready') await redis.quit().catch(() => redis.disconnect());
  else redis.disconnect();
}

/** Runs a pipeline or transaction and rejects if any of its commands failed; ioredis itself only reports them. */
export async function executeAll(commands: ChainableCommander): Promise<unknown[]> {
  const results = await commands.exec();
  if (results === null) throw new Error('the transaction was discarded');
  return results.map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}
