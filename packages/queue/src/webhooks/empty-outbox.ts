import type { WebhookJobData } from '@image-studio/contract';
import { readCarrier, runIn } from '@image-studio/tracing';
import type { Queue } from 'bullmq';
import type { Database } from '../redis/database.ts';
import { type MessageRef, parseOutboxEntry, webhookJobId } from './message-id.ts';
import { readMessage } from './message-store.ts';
import { WEBHOOK_ATTEMPTS } from './webhook-backoff.ts';

/** Messages that become jobs in one go. */
const CHUNK = 100;

/**
 * Gives every message of the outbox its job. Adding comes before removing, and the job's id is derived: a process that dies
 * in between, or does the same at the same time, leaves one job.
 */
export async function emptyOutbox(db: Database, queue: Queue<WebhookJobData>): Promise<void> {
  const { redis, keys } = db;
  for (const entry of await redis.zrange(keys.outbox, '0', String(CHUNK - 1))) {
    const ref = parseOutboxEntry(entry);
    const stored = ref && (await readMessage(db, ref));
    if (ref && stored) {
      const carrier = await redis.hget(keys.batch(ref.owner), 'trace');
      const { message, round } = stored;
      await runIn(readCarrier(carrier ?? undefined), () => addWebhookJob(queue, ref, message.event, round));
    }
    await redis.zrem(keys.outbox, entry);
  }
}

export async function addWebhookJob(
  queue: Queue<WebhookJobData>,
  ref: MessageRef,
  event: string,
  round: number,
  attempts = WEBHOOK_ATTEMPTS,
): Promise<void> {
  await queue.add(event, { v: 1, ...ref, round }, { jobId: webhookJobId(ref, round), attempts });
}
