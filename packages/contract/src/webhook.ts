import { z } from 'zod';
import { BatchCounts, BatchStatus, BatchView } from './batch.ts';

/** What a webhook is sent for; `webhook.test` is sent by `POST /webhooks/test`. */
export const WebhookEvent = z.enum(['batch.finished', 'batch.paused', 'batch.sample_ready', 'webhook.test']);
export type WebhookEvent = z.infer<typeof WebhookEvent>;

/** The body of a webhook: thin, as Standard Webhooks asks; the links lead to the rest. Times are ISO 8601. */
export const WebhookPayload = z
  .object({
    type: WebhookEvent,
    /** When it happened; the header `webhook-timestamp` says when it was sent. */
    timestamp: z.string(),
    data: z.object({
      batchId: z.string().nullable(),
      name: z.string().nullable(),
      status: BatchStatus.nullable(),
      pausedFor: BatchView.shape.pausedFor,
      counts: BatchCounts.nullable(),
      images: BatchView.shape.images.nullable(),
      calls: BatchView.shape.calls.nullable(),
      costUsd: z.number().nullable(),
      createdAt: z.string().nullable(),
      finishedAt: z.string().nullable(),
      links: z.record(z.string(), z.string()),
    }),
  })
  .meta({ id: 'WebhookPayload' });
export type WebhookPayload = z.infer<typeof WebhookPayload>;

/**
 * `pending`: not delivered yet, tried again at `nextAt`. `failed`: given up. `gone`: the receiver answered 410 and the
 * batch sends nothing more.
 */
export const DeliveryStatus = z.enum(['pending', 'delivered', 'failed', 'gone']);
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;

/** One message and how far its delivery has come. */
export const WebhookDelivery = z
  .object({
    /** The header `webhook-id`, the same over all attempts and resends. */
    id: z.string(),
    event: WebhookEvent,
    url: z.string(),
    status: DeliveryStatus,
    attempts: z.int(),
    lastStatusCode: z.int().nullable(),
    /** Why the last attempt did not succeed, in a sentence. */
    lastError: z.string().nullable(),
    lastAttemptAt: z.string().nullable(),
    /** Milliseconds from the connection to the answer's status. */
    lastMs: z.int().nullable(),
    nextAt: z.string().nullable(),
    createdAt: z.string(),
    deliveredAt: z.string().nullable(),
  })
  .meta({ id: 'WebhookDelivery' });
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

/** Job of the `webhook` queue: which message, and which (re)send of it. The message itself stays with the batch. */
export const WebhookJobData = z.object({
  v: z.literal(1),
  owner: z.string(),
  number: z.int(),
  round: z.int(),
});
export type WebhookJobData = z.infer<typeof WebhookJobData>;
