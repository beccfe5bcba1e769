import type {
  BatchOptions,
  BatchPlan,
  BatchView,
  Decision,
  SkuInput,
  SkuRecord,
  SkuState,
  Stage,
} from '@image-studio/contract';
import type { Queue } from 'bullmq';
import type { AttributeColumn } from './batch-store/attribute-columns.ts';
import type { BatchStore } from './batch-store/batch-store.ts';
import type { PaidCalls } from './calls/paid-calls.ts';
import type { BatchCommands } from './commands/batch-commands.ts';
import type { FeedLinks } from './feeds/create-feed-links.ts';
import type { FleetView } from './fleet/fleet-view.ts';
import type { QuotaControl } from './quota/quota-control.ts';
import type { RedisCondition } from './redis/watch-redis.ts';
import type { Uploads } from './uploads/create-uploads.ts';
import type { WebhookMessages } from './webhooks/webhook-messages.ts';

/** One batch as the store knows it: the public view and what only the inside needs. */
export interface BatchState extends Omit<BatchView, 'links'> {
  tenant: string;
  options: BatchOptions;
}

/** One SKU: what was submitted, where it stands, what became of it. */
export interface SkuEntry {
  index: number;
  input: SkuInput;
  state: SkuState;
  record: SkuRecord;
  /** Who decided what, newest last; of one SKU that is asked for by name. */
  decisions?: Decision[];
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface Submission {
  /** From `newBatchId`, for who has to know it before; default: a new one. */
  id?: string;
  tenant: string;
  options: BatchOptions;
  /** What its calls are made with. Without one, each start of a SKU plans by its worker's defaults. */
  plan?: BatchPlan;
  skus: SkuInput[];
  /** Attributes in the order and with the headings of the submitted table; default: as they come up. */
  columns?: AttributeColumn[];
  /** Same key and same digest: the first batch is answered. Same key, other digest: `IdempotencyConflict`. */
  idempotency?: { key: string; bodySha256: string };
}

/** The `Idempotency-Key` was used before with another body. */
export class IdempotencyConflict extends Error {
  override readonly name = 'IdempotencyConflict';
}

/** A control that the batch's state does not allow, e.g. a `DELETE` while it runs. */
export class BatchBusy extends Error {
  override readonly name = 'BatchBusy';
}

/** The batch was deleted while it was read. */
export class BatchGone extends Error {
  override readonly name = 'BatchGone';
}

/** Redis does not answer, or does not do what it is asked; the message says why. The API turns this into 503 + Retry-After. */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable';
}

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
    FeedLinks {
  /** News: calls `listener` with the id of a batch that changed. May miss and may repeat. */
  onBatchNews(listener: (batchId: string) => void): void;
  /** How Redis is set up and how full it is, as of the last minute. */
  redisCondition(): RedisCondition;
  /** Rejects with `RedisUnavailable` and the reason unless Redis answers and takes writes. */
  ping(): Promise<void>;
  /** The BullMQ queues, for Bull Board. */
  boardQueues(): Queue[];
  close(): Promise<void>;
}

export interface WorkerInfo {
  id: string;
  host: string;
  pid: number;
  version: string;
  startedAt: string;
  lastSeenAt: string;
  activeSkus: number;
  activeCalls: number;
  /** Jobs in each stage; calls are in `generate`. */
  stages: Partial<Record<Stage, number>>;
  /** What it can do; workers of earlier versions do not say. */
  capacity?: WorkerCapacity | undefined;
}

export interface WorkerCapacity {
  cpus: number;
  /** Calls on the wire at once. */
  aiConcurrency: number;
  /** CPU milliseconds that a picture took lately, everything included; `null` before it has made some. */
  cpuMsPerPicture: number | null;
}

export interface QuotaView {
  model: string;
  /** Further limits, when there are any, and what is used of them. */
  callsToday: number;
  callsPerDay: number | null;
  /** What the calls since the provider's midnight cost. */
  costTodayUsd: number;
  spentLast10MinUsd: number;
  spendPer10MinUsd: number | null;
  /** Time of one call in the recent past, milliseconds; `null` before the first. */
  latencyMs: { p50: number; p90: number } | null;
  /** Whether the model is taken for down, and calls only probe it. */
  breakerOpen: boolean;
  callsPerMinute: number;
  /** Calls made in the last 60 s over `callsPerMinute`. */
  utilisation: number;
  callsLastMinute: number;
  /** Until when (ISO) the provider asked to wait, if it did. */
  pausedUntil: string | null;
}

export interface OperatorMessage {
  code: string;
  message: string;
  at: string;
  /** What the message holds beside its words, for those who say it in another language. */
  values?: Record<string, string>;
}

/** Totals of the whole fleet since Redis was first used, for `/metrics`. */
export interface FleetTotals {
  skus: { status: string; code: string; count: number }[];
  calls: { outcome: string; count: number }[];
  /** `mode` is the role of the picture: main or secondary. */
  images: { mode: string; status: string; count: number }[];
  costUsd: number;
}
