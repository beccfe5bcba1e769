import type { Keys } from '../batch-store/keys.ts';
import type { Redis } from '../redis/connect.ts';
import { defineScript } from '../redis/script.ts';
import type { EtaInput } from './eta.ts';
import { percentiles, type QuotaConfig } from './quota.ts';

/** How fast the fleet is, and how many SKUs wait for it. */
export type Pace = Pick<EtaInput, 'callsPerMinute' | 'latencyMs'> & { backlog: number };

/** The last 200 calls change slowly, and are read with every batch that somebody looks at. */
const LATENCIES_MS = 1000;

/** Reads what an ETA depends on; how long calls take may be a second old. */
export function createPaceReader(redis: Redis, keys: Keys, quota: QuotaConfig): () => Promise<Pace> {
  let latencies: Promise<string[]> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  const readLatencies = (): Promise<string[]> => {
    if (latencies === undefined || performance.now() - readAt > LATENCIES_MS) {
      readAt = performance.now();
      const read = redis.lrange(keys.latencies, 0, -1);
      latencies = read;
      read.catch(() => {
        latencies = undefined;
      });
    }
    return latencies;
  };

  return async () => {
    const [override, backlog, times] = await Promise.all([
      redis.hget(keys.quota, 'callsPerMinute'),
      waitingScript(redis, [keys.open], [keys.batch('')]),
      readLatencies(),
    ]);
    return {
      callsPerMinute: Number(override ?? quota.callsPerMinute),
      latencyMs: percentiles(times.map(Number)),
      backlog: Number(backlog),
    };
  };
}

const waitingScript = defineScript(/* lua */ `
local sum = 0
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  sum = sum + tonumber(redis.call('HGET', ARGV[1] .. id, 'waiting') or '0')
end
return sum
`);
