import { DEFAULT_POOL, type Eta } from '@image-studio/contract';
import { estimateEta, type Pace } from '../batch-store/eta.ts';
import { withSecondCalls } from '../batch-store/second-calls.ts';
import type { PoolConfig } from '../jobs/call-pools.ts';
import type { Database } from '../redis/database.ts';
import { readQuota, readRecentCalls, writeQuota } from './quota.ts';
import type { QuotaView } from './quota-view.ts';

/** The quota of calls of each pool (default: the default pool), as it is and as an operator changes it. */
export interface QuotaControl {
  /** Rejects with `RangeError` for a pool that is not configured. */
  quota(pool?: string): Promise<QuotaView>;
  /** Changes the pool's calls per minute without a restart; `null` goes back to what is configured. */
  setQuota(change: { callsPerMinute: number | null }, pool?: string): Promise<QuotaView>;
  /** Calls that left in each of the last twelve spans of five seconds, oldest first. */
  pace(pool?: string): Promise<number[]>;
  /** Names of the configured pools, the default one first. */
  poolNames(): Promise<string[]>;
  /**
   * How long so many further pictures would take, some of which need a call, beside everything that is queued for one of the
   * pools; the first is that of the wished model.
   */
  estimate(calls: number, pictures: number, pools?: readonly string[]): Promise<Eta | null>;
}

export function createQuotaControl(
  db: Database,
  pools: readonly (PoolConfig & { model: string })[],
  readPace: (pools: readonly string[]) => Promise<Pace>,
): QuotaControl {
  const find = (pool: string) => {
    const config = pools.find(({ name }) => name === pool);
    if (!config) throw new RangeError(`there is no pool of calls named ${pool}`);
    return { own: { redis: db.redis, keys: db.keys.pool(pool) }, config };
  };
  const read = async (pool: string) => {
    const { own, config } = find(pool);
    return readQuota(own, { ...config.quota, model: config.model });
  };
  return {
    quota: (pool = DEFAULT_POOL) => read(pool),
    async setQuota({ callsPerMinute }, pool = DEFAULT_POOL) {
      await writeQuota(find(pool).own, callsPerMinute);
      return read(pool);
    },
    pace: async (pool = DEFAULT_POOL) => readRecentCalls(find(pool).own),
    poolNames: async () => pools.map(({ name }) => name),
    estimate: (calls, pictures, pools = [DEFAULT_POOL]) =>
      estimateCalls(() => readPace(pools), calls, pictures),
  };
}

/** How long a batch of so many pictures, for some of which a call has to be made, would take if it were submitted now. */
async function estimateCalls(
  readPace: () => Promise<Pace>,
  calls: number,
  pictures: number,
): Promise<Eta | null> {
  const { backlog, isStopped: _, secondCalls, ...pace } = await readPace();
  return estimateEta({
    work: { calls: withSecondCalls(calls, secondCalls), unfinished: 0 },
    picturesLeft: pictures,
    callsLeftElsewhere: backlog,
    seen: null,
    ...pace,
  });
}
