import type { OpenQueues } from '../jobs/call-pools.ts';
import type { Database } from '../redis/database.ts';
import type { OperatorMessage } from '../redis/operator-message.ts';
import { modelsWithoutBatches } from './batch-offers.ts';
import { listWorkers } from './fleet.ts';
import type { FleetTotals } from './fleet-totals.ts';
import { readFleetTotals } from './fleet-totals.ts';
import { keepLinkSecret } from './link-secret.ts';
import { openBatchesScript } from './open-batches.lua.ts';
import { listOperatorMessages } from './operator-messages.ts';
import { readWaiting } from './read-waiting.ts';
import type { WorkerInfo } from './worker-info.ts';

/** The calls of further pools are in `ai-<pool>`. */
export type QueueCounts = Record<'sku' | 'ai' | 'webhook' | 'chore', Record<string, number>> & {
  [queue: `ai-${string}`]: Record<string, number>;
};

/** The fleet as a whole: its workers, queues and totals. */
export interface FleetView {
  workers(): Promise<WorkerInfo[]>;
  /** Jobs per queue and BullMQ state, for the metrics; `unqueued` are SKUs whose job is added when their turn is near. */
  queueCounts(): Promise<QueueCounts>;
  /** Batches that have not ended, and how long the SKU waits that waits longest (of those that come next), ms. */
  openBatches(): Promise<{ count: number; longestWaitMs: number }>;
  fleetTotals(): Promise<FleetTotals>;
  /** Messages that need a human, e.g. a paused `ai` queue because of a wrong key; empty when all is well. */
  operatorMessages(): Promise<OperatorMessage[]>;
  /** `batchOfferName` of models that say of themselves that they make no batches of calls. */
  modelsWithoutBatches(): Promise<Set<string>>;
  /** What signs links to files, made once for all replicas. */
  linkSecret(): Promise<string>;
}

/** Microseconds each; those behind them in the line rarely wait longer. */
const JOBS_LOOKED_AT = 100;

const BULLMQ_STATES = [
  'wait',
  'prioritized',
  'active',
  'delayed',
  'waiting-children',
  'completed',
  'failed',
] as const;

export function createFleetView(db: Database, queues: () => OpenQueues): FleetView {
  return {
    workers: () => listWorkers(db),
    async queueCounts() {
      const { sku, pools, webhook, chore } = queues();
      const [skus, calls, webhooks, chores, waiting] = await Promise.all([
        sku.getJobCounts(...BULLMQ_STATES),
        Promise.all(
          pools
            .all()
            .map(
              async ({ aiQueue }) => [aiQueue.name, await aiQueue.getJobCounts(...BULLMQ_STATES)] as const,
            ),
        ),
        webhook.getJobCounts(...BULLMQ_STATES),
        chore.getJobCounts(...BULLMQ_STATES),
        readWaiting(db),
      ]);
      const unqueued = Math.max(0, waiting.startable - (skus.wait ?? 0) - (skus.prioritized ?? 0));
      return {
        sku: { ...skus, unqueued },
        ai: {},
        webhook: webhooks,
        chore: chores,
        ...Object.fromEntries(calls),
      };
    },
    async openBatches() {
      const { sku } = queues();
      const { redis, keys } = db;
      const [count, ms] = (await openBatchesScript(
        redis,
        [keys.open, keys.enqueueing, sku.toKey('wait'), sku.toKey('prioritized')],
        [keys.batch(''), sku.toKey(''), JOBS_LOOKED_AT],
      )) as [number, number];
      return { count: Number(count), longestWaitMs: Number(ms) };
    },
    fleetTotals: () => readFleetTotals(db),
    operatorMessages: () => listOperatorMessages(db),
    modelsWithoutBatches: () => modelsWithoutBatches(db),
    linkSecret: () => keepLinkSecret(db),
  };
}
