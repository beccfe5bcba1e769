import type { Queue } from 'bullmq';
import type { Audits } from './audits/audit-store.ts';
import type { BatchStore } from './batch-store/batch-store.ts';
import type { PaidCalls } from './calls/paid-calls.ts';
import type { BatchCommands } from './commands/batch-commands.ts';
import type { FeedLinks } from './feeds/create-feed-links.ts';
import type { FleetView } from './fleet/fleet-view.ts';
import type { QuotaControl } from './quota/quota-control.ts';
import type { RedisCondition } from './redis/watch-redis.ts';
import type { Remarks } from './remarks/remarks.ts';
import type { Uploads } from './uploads/create-uploads.ts';
import type { WebhookMessages } from './webhooks/webhook-messages.ts';

/**
 * Everything the API process needs of the queues, one port for each concern; made by `createStudioApi`. Every method rejects
 * with `RedisUnavailable` within 3 s when Redis is away or refuses what they need.
 */
export interface StudioApi
  extends BatchStore,
    BatchCommands,
    PaidCalls,
    QuotaControl,
    WebhookMessages,
    FleetView,
    Uploads,
    FeedLinks,
    Audits,
    Remarks {
  /** Calls `listener` with the id of a batch that changed. May miss and may repeat. */
  onBatchChange(listener: (batchId: string) => void): void;
  /** How Redis is set up and how full it is, as of the last minute. */
  redisCondition(): RedisCondition;
  /** Rejects with `RedisUnavailable` and the reason unless Redis answers and takes writes. */
  ping(): Promise<void>;
  /** The BullMQ queues, for Bull Board. */
  boardQueues(): Queue[];
  close(): Promise<void>;
}
