import type { Queue } from 'bullmq';
import type { Redis } from './connect.ts';
import type { Keys } from './keys.ts';
import { tagOfPriority } from './priority.ts';

/** The AI backlog may hold this many minutes of quota before further SKUs stop preparing photos. */
const BOUND_MINUTES = 2;
/** Small quotas still let a few dozen SKUs prepare. */
const MIN_BOUND = 30;
/** A SKU is looked at again no sooner than this, and no later. */
const MIN_DELAY_MS = 5000;
const MAX_DELAY_MS = 600_000;

export interface RunAheadDeps {
  redis: Redis;
  keys: Keys;
  aiQueue: Queue;
  quota: { callsPerMinute: number };
}

/**
 * How long a SKU should wait before it starts to download, in milliseconds: 0 while the AI backlog is short, else
 * until about its turn. Without it every SKU of a large batch would prepare its photos hours ahead of its call.
 */
export async function runAheadDelay(deps: RunAheadDeps, priority: number): Promise<number> {
  const { redis, keys, aiQueue } = deps;
  const [override, v, counts] = await Promise.all([
    redis.hget(keys.quota, 'callsPerMinute'),
    redis.hget(keys.clock, 'v'),
    aiQueue.getJobCounts('wait', 'prioritized', 'delayed', 'active'),
  ]);
  const rate = Number(override ?? deps.quota.callsPerMinute);
  const bound = Math.max(MIN_BOUND, rate * BOUND_MINUTES);
  const backlog = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (backlog < bound) return 0;
  const callsBefore = tagOfPriority(priority) - Number(v ?? 0);
  // A batch that comes in beside a large one has its turn now, however long the other's backlog is.
  if (callsBefore < bound / 2) return 0;
  const turnMs = ((callsBefore - bound / 2) / rate) * 60_000;
  return Math.min(Math.max(MIN_DELAY_MS, turnMs), MAX_DELAY_MS);
}
