import { setTimeout as sleep } from 'node:timers/promises';
import { type ChainableCommander, Redis } from 'ioredis';
import { bePatient, patiently } from './be-patient.ts';
import type { RedisGate } from './redis-gate.ts';
import { type ConnectOptions, type RedisServer, redisOptions } from './redis-options.ts';

export type { Redis } from 'ioredis';

/** Reconnect after a fixed pause: recovery takes a second after Redis is back, however long it was away. */
const RETRY_MS = 500;
/** So long Redis is waited for that takes connections and answers nothing. */
const FAREWELL_MS = 1000;

/**
 * Connection of a process that must answer people: fails fast instead of queueing commands while Redis is away.
 * A command that got no answer in 2 s rejects (it may still run later, so every write must be harmless twice).
 */
export function connectFailFast(server: RedisServer | string): Redis {
  return connect(server, {
    enableOfflineQueue: false,
    commandTimeout: 2000,
    connectTimeout: 2000,
    maxRetriesPerRequest: 1,
    retryStrategy: () => RETRY_MS,
  });
}

/**
 * Connection of a process that waits for Redis and then goes on: workers and event readers. With a gate it also
 * waits while Redis refuses what it is told.
 */
export function connectPatient(server: RedisServer | string, gate?: RedisGate): Redis {
  const redis = connect(server, { maxRetriesPerRequest: null, retryStrategy: () => RETRY_MS });
  return gate ? bePatient(redis, gate) : redis;
}

/** A URL alone will do where there is nothing more to say. */
function connect(where: RedisServer | string, manner: ConnectOptions): Redis {
  const server = typeof where === 'string' ? { redisUrl: where } : where;
  // Users with few rights may not say what client they are, and each refusal is a line in their log.
  const options: ConnectOptions = { disableClientInfo: true, ...manner, ...redisOptions(server) };
  // Only ioredis knows all that a plain URL may say.
  return options.sentinels ? new Redis(options) : new Redis(server.redisUrl, options);
}

/** Closes without a farewell when the other side is gone; `quit` would wait for it. */
export async function disconnect(redis: Redis): Promise<void> {
  const over = new AbortController();
  // A frozen Redis answers no farewell.
  const unheard = sleep(FAREWELL_MS, undefined, { signal: over.signal }).catch(() => {});
  if (redis.status === 'ready') await Promise.race([redis.quit().catch(() => {}), unheard]);
  over.abort();
  // After a farewell, too: the connections to the sentinels know nothing of it.
  redis.disconnect();
}

/** Runs a transaction and rejects if any of its commands failed; ioredis itself only reports them. */
export function executeAll(
  redis: Redis,
  add: (transaction: ChainableCommander) => ChainableCommander,
): Promise<unknown[]> {
  return patiently(redis, async () => {
    const results = await add(redis.multi()).exec();
    if (results === null) throw new Error('the transaction was discarded');
    return results.map(([error, value]) => {
      if (error) throw error;
      return value;
    });
  });
}
