export { picturesOf } from './audits/audit-picture.ts';
export type { AuditedPicture, AuditState, PictureResult } from './audits/audit-state.ts';
export { type Audits, newAuditId } from './audits/audit-store.ts';
export type { AuditWork, PictureToMeasure } from './audits/audit-work.ts';
export type { AttributeColumn } from './batch-store/attribute-columns.ts';
export { newBatchId } from './batch-store/batch-id.ts';
export { BatchGone, type BatchState, type Page, type SkuEntry } from './batch-store/batch-state.ts';
export { estimateEta } from './batch-store/eta.ts';
export { percentiles } from './batch-store/percentiles.ts';
export type { Detail, SkuFilter, SkuQuery } from './batch-store/read-skus.ts';
export { secondCalls, withSecondCalls } from './batch-store/second-calls.ts';
export { seenPace } from './batch-store/seen-pace.ts';
export { SHARED_PHOTO } from './batch-store/shared-photos.ts';
export { type Standing, workLeft } from './batch-store/work-left.ts';
export type { CallJob, CallOutcome } from './calls/call-job.ts';
export type { CallQuota } from './calls/call-quota.ts';
export type { CallResult } from './calls/call-result.ts';
export type { CallLedger } from './calls/ledger.ts';
export type { PoolControl } from './calls/pool-control.ts';
export type { SourceDigests, SourceIdentity } from './calls/source-digests.ts';
export type { ChoreHandlers, ChoreOutcome, ChorePart } from './chores/chore-worker.ts';
export { BatchBusy } from './commands/batch-busy.ts';
export type { SampleOrder } from './commands/change-sample.ts';
export type { ChangeVerdict, SkuChange } from './commands/change-sku.ts';
export type { Housekeeping } from './commands/housekeeping.ts';
export type { ReviewOrder } from './commands/review-record.ts';
export type { ReviewedSku } from './commands/review-skus.ts';
export { IdempotencyConflict, type Submission } from './commands/submission.ts';
export { createStudioApi, type StudioApiConfig } from './create-studio-api.ts';
export { createStudioWorker, STORE_MESSAGE, UNREADABLE_MESSAGE } from './create-studio-worker.ts';
export {
  CallsGone,
  ParcelFault,
  type ParcelledCall,
  type ParcelResults,
  type ParcelWork,
} from './economy/parcel-work.ts';
export type { FeedLink } from './feeds/feed-links.ts';
export { batchOfferName } from './fleet/batch-offers.ts';
export type { FleetTotals } from './fleet/fleet-totals.ts';
export type { QueueCounts } from './fleet/fleet-view.ts';
export type { DueManifest, ManifestDuty } from './fleet/manifest-duty.ts';
export { MISCONFIGURED_MESSAGE, STOPPING_MESSAGES, UNUSABLE_MESSAGE } from './fleet/stopping-messages.ts';
export type { WorkerCapacity, WorkerInfo } from './fleet/worker-info.ts';
export type { PoolConfig, QuotaLimits } from './jobs/call-pools.ts';
export type { CallSchedule } from './quota/call-schedule.ts';
export { THROTTLED_LIMIT, THROTTLED_WINDOW_MS } from './quota/call-schedule.ts';
export { fleetPace } from './quota/fleet-pace.ts';
export type { QuotaView } from './quota/quota-view.ts';
export { workersPace } from './quota/workers-pace.ts';
export type { OperatorMessage } from './redis/operator-message.ts';
export type { RedisServer } from './redis/redis-options.ts';
export { outageOf, type RedisOutage } from './redis/redis-outage.ts';
export { RedisUnavailable } from './redis/redis-unavailable.ts';
export { UnsupportedRedis } from './redis/unsupported-redis.ts';
export type { RedisCondition } from './redis/watch-redis.ts';
export type { RemarkedSku, RemarkWork } from './remarks/remark-work.ts';
export type { RemarkState, Remarks } from './remarks/remarks.ts';
export { type BegunSku, NotUnderstood, type SkuJob, type SkuOutcome, SkuTaken } from './skus/sku-job.ts';
export type { StudioApi } from './studio-api.ts';
export type { JobRunner, StudioHandlers, StudioWorker, StudioWorkerConfig } from './studio-worker.ts';
export type { Upload } from './uploads/uploads.ts';
export type { WebhookSalt } from './webhooks/webhook-salts.ts';
export { webhookSecret } from './webhooks/webhook-secret.ts';
export type { WebhookHandler, WebhookJob, WebhookOutcome } from './webhooks/webhook-worker.ts';
