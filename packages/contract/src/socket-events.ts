import { z } from 'zod';
import { BatchView } from './batch.ts';
import { BriefSkuView, SkuView } from './sku.ts';

/**
 * Client → server: follow a batch. `seq` is the last one seen; without it a snapshot is sent. With `view: 'brief'` SKUs
 * come without timelines, prompts and passed checks.
 */
export const SubscribeRequest = z.object({
  batchId: z.string().max(64),
  seq: z.int().min(0).optional(),
  view: z.literal('brief').optional(),
});
export type SubscribeRequest = z.infer<typeof SubscribeRequest>;

export const BatchProgress = z.object({
  type: z.literal('progress'),
  batchId: z.string(),
  seq: z.int(),
  /** Stage and SKU of the latest change. */
  stage: z.string().nullable(),
  sku: z.string().nullable(),
  /** SKUs that have ended, and all of them. */
  current: z.int(),
  total: z.int(),
  percentage: z.number(),
  ...BatchView.pick({
    status: true,
    counts: true,
    images: true,
    calls: true,
    costUsd: true,
    budgetUsd: true,
    pausedFor: true,
    sample: true,
    eta: true,
  }).shape,
});
export type BatchProgress = z.infer<typeof BatchProgress>;

/** SKUs as they were subscribed to: whole or in brief. */
const SkuViews = z.array(z.union([SkuView, BriefSkuView]));

export const SkuUpdate = z.object({ batchId: z.string(), seq: z.int(), skus: SkuViews });
export type SkuUpdate = z.infer<typeof SkuUpdate>;

export const BatchFinished = BatchProgress.extend({
  type: z.literal('finished'),
  finishedAt: z.string().nullable(),
});
export type BatchFinished = z.infer<typeof BatchFinished>;

/** The first state a subscriber gets: the batch and its first SKUs, as REST would answer at `seq`. */
export const BatchSnapshot = z.object({
  seq: z.int(),
  batch: BatchView,
  skus: SkuViews,
  /** Continue with `GET /batches/:id/skus?cursor=` for the rest. */
  nextCursor: z.string().nullable(),
});
export type BatchSnapshot = z.infer<typeof BatchSnapshot>;

/** A change that was missed, in the same shape as the live event. */
export type MissedEvent =
  | ({ event: 'sku:update' } & SkuUpdate)
  | ({ event: 'batch:progress' } & BatchProgress)
  | ({ event: 'batch:finished' } & BatchFinished);

export type SubscribeAck =
  | { ok: true; snapshot: BatchSnapshot }
  | { ok: true; missed: MissedEvent[] }
  | { ok: false; error: { code: string; message: string } };

export interface ServerToClientEvents {
  'batch:progress': (event: BatchProgress) => void;
  'sku:update': (event: SkuUpdate) => void;
  'batch:finished': (event: BatchFinished) => void;
}

export interface ClientToServerEvents {
  'batch:subscribe': (request: SubscribeRequest, ack: (answer: SubscribeAck) => void) => void;
  'batch:unsubscribe': (request: { batchId: string }, ack?: (answer: { ok: boolean }) => void) => void;
}
