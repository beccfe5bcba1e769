import type {
  BatchOptions,
  BatchPlan,
  BatchStatus,
  BatchSummary,
  BatchView,
  Decision,
  Eta,
  SkuInput,
  SkuRecord,
  SkuState,
  Stage,
  WebhookDelivery,
} from '@image-studio/contract';
import type { Queue } from 'bullmq';
import type { AttributeColumn } from './batch-store/attribute-columns.ts';
import type { Detail, SkuFilter, SkuQuery } from './batch-store/read-skus.ts';
import type { NamedCall } from './calls/find-paid.ts';
import type { ChangeVerdict, SkuChange } from './commands/change-sku.ts';
import type { ReviewOrder } from './commands/review-record.ts';
import type { ReviewedSku } from './commands/review-skus.ts';
import type { FeedLink } from './feeds/feed-links.ts';
import type { RedisCondition } from './redis/watch-redis.ts';
import type { QueueName } from './scheduling/queues.ts';
import type { SourceIdentity } from './skus/source-digests.ts';
import type { Upload } from './uploads/uploads.ts';
import type { WebhookSalt } from './webhooks/webhook-salts.ts';

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
 * Everything the API process needs of the queues; made by `createStudioApi`. Every method rejects with
 * `RedisUnavailable` within 3 s when Redis is away or refuses what they need. A batch of another tenant is `null`, like one that never was:
 * callers pass the tenant of the key, or `undefined` for the inside.
 */
export interface StudioApi {
  /** Records the batch whole or not at all, then enqueues its SKUs in the background (a janitor resumes). */
  submit(submission: Submission): Promise<{ batch: BatchState; created: boolean }>;
  batch(id: string, tenant?: string): Promise<BatchState | null>;
  /** Newest first. */
  batches(query: {
    tenant?: string;
    status?: BatchStatus;
    /** Part of the name or of the id, in any case. */
    q?: string;
    cursor?: string;
    limit: number;
  }): Promise<Page<BatchState>>;
  /** In the order of submission. */
  skus(batchId: string, query: SkuQuery): Promise<Page<SkuEntry>>;
  /** All that a filter finds, a few at a time, at the reader's pace. Fails when the batch is deleted meanwhile. */
  everySku(batchId: string, filter?: SkuFilter): AsyncIterable<SkuEntry>;
  sku(batchId: string, sku: string): Promise<SkuEntry | null>;
  /** What the batch's calls are made with; `null` for batches of earlier versions. */
  plan(batchId: string): Promise<BatchPlan | null>;
  /** The batch's attributes, as columns of its manifest. */
  columns(batchId: string): Promise<AttributeColumn[]>;
  /** Stages, failures, failing checks and history; cheap at any size. */
  summary(batchId: string): Promise<BatchSummary>;
  /** The SKUs that changed after `seq`, latest state only, oldest change first; `null` when more than `limit` did. */
  changes(
    batchId: string,
    seq: number,
    limit: number,
    detail?: Detail,
  ): Promise<{ seq: number; skus: SkuEntry[] } | null>;
  /** Current `seq` of each batch, for the relay's poll; batches that are gone are left out. */
  seqs(batchIds: string[]): Promise<Map<string, number>>;

  /** Digests of the photos last prepared from these URLs, `null` where nothing is known; for quotes. */
  recallSources(sources: SourceIdentity[]): Promise<(string | null)[]>;
  /** Notes a photo that a tenant has uploaded; the same twice is noted once. */
  noteUpload(tenant: string, upload: Upload): Promise<void>;
  /** Uploaded photos of a tenant by their digests, in the order asked; `null` for those that it has not. */
  findUploads(tenant: string, digests: readonly string[]): Promise<(Upload | null)[]>;
  /** Forgets one uploaded photo; one that is not known is fine. */
  forgetUpload(tenant: string, sha256: string): Promise<void>;
  /** Bytes of all photos that a tenant has uploaded. */
  uploadedBytes(tenant: string): Promise<number>;
  /** Which of these calls are paid for already. */
  findPaid(tenant: string, calls: readonly NamedCall[]): Promise<boolean[]>;
  /** How long so many further pictures would take, some of which need a call, beside everything that is queued. */
  estimate(calls: number, pictures: number): Promise<Eta | null>;

  pause(batchId: string): Promise<void>;
  resume(batchId: string): Promise<void>;
  /** What the batch may cost, `null` for no limit; a batch that was paused for its budget goes on when it may. */
  setBudget(batchId: string, budgetUsd: number | null): Promise<void>;
  cancel(batchId: string): Promise<void>;
  /** Enqueues failed SKUs anew: all, those with failure code `reason`, or the named ones. */
  retry(batchId: string, filter: { reason?: string; skus?: string[] }): Promise<{ retried: number }>;
  /** Replaces photos or attributes of a SKU that has ended, for a retry or another picture that is asked for. */
  changeSku(batchId: string, sku: string, change: SkuChange): Promise<ChangeVerdict>;
  /** Codes of the SKUs that a filter finds, in the order of submission. */
  codes(batchId: string, filter: SkuFilter): Promise<string[]>;
  /** Places of the SKUs that a filter finds, of those named if `skus` is given. */
  select(batchId: string, filter: SkuFilter & { skus?: string[] }): Promise<number[]>;
  /**
   * All SKUs that share their main photo with one of these, these included. `allow`: the photo is no question any more, and
   * later SKUs with it go on.
   */
  sharers(batchId: string, indices: readonly number[], options?: { allow: boolean }): Promise<number[]>;
  /**
   * Takes a reviewer's decision about a few hundred SKUs, each at one moment, or with `dryRun` says what it would do.
   * SKUs of which another picture is wanted wait again, and a batch that had ended goes on.
   */
  review(
    batchId: string,
    indices: readonly number[],
    order: ReviewOrder & { dryRun?: boolean; isAwaited?: boolean },
  ): Promise<ReviewedSku[]>;
  /** Forgets a finished batch; objects in the store stay. */
  delete(batchId: string): Promise<void>;

  /** What signs links to files, made once for all replicas. */
  linkSecret(): Promise<string>;

  /** The link to a feed by its id, or a tenant's by what it is of; `null`: none, or revoked. */
  feedLink(by: { id: string } | { tenant: string; name: string }): Promise<FeedLink | null>;
  /** Makes it, unless there is one. */
  makeFeedLink(tenant: string, name: string): Promise<FeedLink>;
  revokeFeedLink(tenant: string, name: string): Promise<void>;

  /** Messages to the batch's webhook, newest first; the last 100. */
  webhooks(batchId: string): Promise<WebhookDelivery[]>;
  /** Sends a message of the batch again, now, under its id; `null` when the batch has no such message. */
  resendWebhook(batchId: string, messageId: string): Promise<WebhookDelivery | null>;
  /** Sends a `webhook.test` once, to an address of no batch. */
  testWebhook(url: string, tenant: string): Promise<WebhookDelivery>;
  /** With which salts a tenant's webhooks are signed, newest first; none before the first is made. */
  webhookSalts(tenant: string): Promise<WebhookSalt[]>;
  /** Makes a new one; the others sign on for a day, with `revoke` not at all. */
  renewWebhookSalt(tenant: string, options: { revoke: boolean }): Promise<WebhookSalt[]>;
  /** How far a `webhook.test` of the last hour has come. */
  webhookTest(messageId: string): Promise<WebhookDelivery | null>;

  /** News: calls `listener` with the id of a batch that changed. May miss and may repeat. */
  onBatchNews(listener: (batchId: string) => void): void;
  /** Jobs per queue and BullMQ state, for the metrics; `unqueued` are SKUs whose job is added when their turn is near. */
  queueCounts(): Promise<Record<QueueName, Record<string, number>>>;
  fleetTotals(): Promise<FleetTotals>;
  workers(): Promise<WorkerInfo[]>;
  quota(): Promise<QuotaView>;
  /** Calls that left in each of the last twelve spans of five seconds, oldest first. */
  pace(): Promise<number[]>;
  /** Changes the fleet's calls per minute without a restart; `null` goes back to what is configured. */
  setQuota(change: { callsPerMinute: number | null }): Promise<QuotaView>;
  /** Messages that need a human, e.g. a paused `ai` queue because of a wrong key; empty when all is well. */
  operatorMessages(): Promise<OperatorMessage[]>;
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
