import type { WebhookPayload } from '@image-studio/contract';
import type { WebhookJob } from '@image-studio/queue';

/** The body of a message: the same at every attempt, however the batch has gone on meanwhile. */
export function webhookPayload({ event, at, batch, publicUrl }: WebhookJob): WebhookPayload {
  const self = batch && publicUrl !== null ? `${publicUrl}/api/v1/batches/${batch.id}` : null;
  return {
    type: event,
    timestamp: at,
    data: {
      batchId: batch?.id ?? null,
      name: batch?.name ?? null,
      status: batch?.status ?? null,
      pausedFor: batch?.pausedFor ?? null,
      counts: batch?.counts ?? null,
      images: batch?.images ?? null,
      calls: batch?.calls ?? null,
      costUsd: batch?.costUsd ?? null,
      createdAt: batch?.createdAt ?? null,
      finishedAt: batch?.finishedAt ?? null,
      links:
        self === null
          ? {}
          : { self, skus: `${self}/skus`, manifest: `${self}/manifest.json`, images: `${self}/images.zip` },
    },
  };
}
