export type { AttributeColumn } from './attribute-columns.ts';
export type { CallSchedule } from './call-schedule.ts';
export { THROTTLED_LIMIT, THROTTLED_WINDOW_MS } from './call-schedule.ts';
export { createStudioApi, type StudioApiConfig } from './create-studio-api.ts';
export {
  createStudioWorker,
  STORE_MESSAGE,
  type StudioHandlers,
  type StudioWorker,
  type StudioWorkerConfig,
  UNREADABLE_MESSAGE,
} from './create-studio-worker.ts';
export * from './jobs.ts';
export type { Ledger } from './ledger.ts';
export type { DueManifest, ManifestDuty } from './manifest-duty.ts';
export type { Detail, SkuFilter, SkuQuery } from './read-skus.ts';
export type { RedisServer } from './redis-options.ts';
export { outageOf, type RedisOutage } from './redis-outage.ts';
export type { ReviewOrder } from './review-record.ts';
export type { ReviewedSku } from './review-skus.ts';
export { SHARED_PHOTO } from './shared-photos.ts';
export type { SourceIdentity, SourceMemory } from './source-memory.ts';
export * from './studio-api.ts';
export { UnsupportedRedis } from './unsupported-redis.ts';
export type { RedisCondition } from './watch-redis.ts';
export { DEATHS_THAT_PROVE } from './watch-start.ts';
export type { WebhookSalt } from './webhooks/webhook-salts.ts';
export { webhookSecret } from './webhooks/webhook-secret.ts';
export type { WebhookHandler, WebhookJob, WebhookOutcome } from './webhooks/webhook-worker.ts';
