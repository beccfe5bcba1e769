import type { Queue } from 'bullmq';
import type { QueueName } from '../jobs/queues.ts';
import type { Database } from '../redis/database.ts';
import type { OperatorMessage } from '../redis/operator-message.ts';
import { listWorkers } from './fleet.ts';
import type { FleetTotals } from './fleet-totals.ts';
import { readFleetTotals } from './fleet-totals.ts';
import { keepLinkSecret } from './link-secret.ts';
import { listOperatorMessages } from './operator-messages.ts';
import { readWaiting } from './read-waiting.ts';
import type { WorkerInfo } from './worker-info.ts';

/** The fleet as a whole: its workers, queues and totals. */
export interface FleetView {
  workers(): Promise<WorkerInfo[]>;
  /** Jobs per queue and BullMQ state, for the metrics; `unqueued` are SKUs whose job is added when their turn is near. */
  queueCounts(): Promise<Record<QueueName, Record<string, number>>>;
  fleetTotals(): Promise<FleetTotals>;
  /** Messages that need a human, e.g. a paused `ai` queue because of a wrong key; empty when all is well. */
  operatorMessages(): Promise<OperatorMessage[]>;
  /** What signs links to files, made once for all replicas. */
  linkSecret(): Promise<string>;
}

const BULLMQ_STATES = [
  'wait',
  'prioritized',
  'active',
  'delayed',
  'waiting-children',
  'completed',
  'failed',
] as const;

export function createFleetView(db: Database, queues: () => Record<QueueName, Queue>): FleetView {
  return {
    workers: () => listWorkers(db),
    async queueCounts() {
      const { sku, ai, webhook } = queues();
      const [skus, calls, webhooks, waiting] = await Promise.all([
        sku.getJobCounts(...BULLMQ_STATES),
        ai.getJobCounts(...BULLMQ_STATES),
        webhook.getJobCounts(...BULLMQ_STATES),
        readWaiting(db),
      ]);
      const unqueued = Math.max(0, waiting.startable - (skus.wait ?? 0) - (skus.prioritized ?? 0));
      return { sku: { ...skus, unqueued }, ai: calls, webhook: webhooks };
    },
    fleetTotals: () => readFleetTotals(db),
    operatorMessages: () => listOperatorMessages(db),
    linkSecret: () => keepLinkSecret(db),
  };
}
