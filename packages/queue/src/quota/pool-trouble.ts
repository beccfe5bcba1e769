import type { FallbackReason } from '@image-studio/contract';
import { DEFAULT_POOL } from '@image-studio/contract';
import { listWorkers } from '../fleet/fleet.ts';
import { listOperatorMessages } from '../fleet/operator-messages.ts';
import { SPEND_LIMIT_MESSAGE, STOPPING_MESSAGES } from '../fleet/stopping-messages.ts';
import type { QuotaLimits } from '../jobs/call-pools.ts';
import type { Database } from '../redis/database.ts';
import { redisNow } from '../redis/redis-now.ts';
import { poolTroubleScript } from './pool-trouble.lua.ts';
import { quotaDay } from './quota-day.ts';

/** Why a pool makes no calls for so long that another model should make the pictures. */
export interface PoolTrouble {
  why: Extract<FallbackReason, 'down' | 'dayLimit' | 'spendLimit' | 'misconfigured' | 'unserved'>;
  /** The model is down, and one call may find out whether it still is: `takeProbe`. */
  isProbeDue: boolean;
}

export interface PoolTroubles {
  /** `null` while the pool makes calls, or will within a minute: a 429 per minute and a short outage are no trouble. */
  of(pool: string): Promise<PoolTrouble | null>;
  /** Whether this call is the one that may ask a pool that was down. */
  takeProbe(pool: string, callKey: string): Promise<boolean>;
  /** Key of the call that holds the probe; `null` while none does. */
  probeOf(pool: string): Promise<string | null>;
}

/** When the call that may probe has sent nothing within this time, another one may. */
const PROBE_MS = 30_000;
/** Hundreds of SKUs ask in the same second. */
const FRESH_MS = 300;

/** `fallbackAfterMs`: how long a breaker has to be open, or a pool without a worker, to count. */
export function createPoolTroubles(
  deps: Database & { limitsOf(pool: string): QuotaLimits; fallbackAfterMs: number },
): PoolTroubles {
  const { redis, keys } = deps;
  const fleet = fresh(() => readFleet(deps));
  const troubles = new Map<string, () => Promise<PoolTrouble | null>>();
  const probeKey = (pool: string) => keys.pool(pool).probe;
  return {
    of(pool) {
      const known = troubles.get(pool) ?? fresh(async () => readTrouble(deps, pool, await fleet()));
      troubles.set(pool, known);
      return known();
    },
    async takeProbe(pool, callKey) {
      const taken = await redis.set(probeKey(pool), callKey, 'PX', PROBE_MS, 'NX');
      return taken !== null || (await redis.get(probeKey(pool))) === callKey;
    },
    probeOf: (pool) => redis.get(probeKey(pool)),
  };
}

interface Fleet {
  served: ReadonlySet<string>;
  /** Pools whose calls an operator has to bring back. */
  stopped: ReadonlyMap<string, string>;
}

async function readFleet(db: Database): Promise<Fleet> {
  const [workers, messages] = await Promise.all([listWorkers(db), listOperatorMessages(db)]);
  const stopping = messages.filter(({ code }) => STOPPING_MESSAGES.has(code));
  return {
    served: new Set(workers.flatMap(({ pools = [DEFAULT_POOL] }) => pools)),
    stopped: new Map(stopping.map(({ pool = DEFAULT_POOL, code }) => [pool, code])),
  };
}

async function readTrouble(
  { redis, keys, limitsOf, fallbackAfterMs }: Parameters<typeof createPoolTroubles>[0],
  pool: string,
  { served, stopped }: Fleet,
): Promise<PoolTrouble | null> {
  const own = keys.pool(pool);
  const now = await redisNow(redis);
  const [why, isProbeDue] = (await poolTroubleScript(
    redis,
    [own.breaker, own.pace, own.day(quotaDay(now).day), keys.unserved],
    [fallbackAfterMs, limitsOf(pool).callsPerDay ?? 0, pool, served.has(pool) ? 1 : 0],
  )) as [PoolTrouble['why'] | '', number];
  const code = stopped.get(pool);
  if (code !== undefined) {
    return { why: code === SPEND_LIMIT_MESSAGE ? 'spendLimit' : 'misconfigured', isProbeDue: false };
  }
  return why === '' ? null : { why, isProbeDue: isProbeDue === 1 };
}

/** Reads again when the last reading is older than `FRESH_MS`, or has failed. */
function fresh<T>(read: () => Promise<T>): () => Promise<T> {
  let last: { at: number; value: Promise<T> } | undefined;
  return () => {
    if (last === undefined || performance.now() - last.at > FRESH_MS) {
      const reading = { at: performance.now(), value: read() };
      reading.value.catch(() => {
        if (last === reading) last = undefined;
      });
      last = reading;
    }
    return last.value;
  };
}
