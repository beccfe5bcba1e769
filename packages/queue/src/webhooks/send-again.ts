import type { WebhookDelivery, WebhookJobData } from '@image-studio/contract';
import type { Queue } from 'bullmq';
import { newBatchId } from '../batch-store/batch-id.ts';
import { executeAll } from '../redis/connect.ts';
import type { Database } from '../redis/database.ts';
import { redisNow } from '../redis/redis-now.ts';
import { defineScript } from '../redis/script.ts';
import { addWebhookJob } from './empty-outbox.ts';
import { type MessageRef, webhookJobId } from './message-id.ts';
import { type DeliveryState, type Message, readMessage, viewDelivery } from './message-store.ts';

export interface SendDeps extends Database {
  webhookQueue: Queue<WebhookJobData>;
}

/** How long the outcome of a test can be asked for. */
const TEST_SECONDS = 3600;

/**
 * Sends a message again, now, under the same id and with a day of attempts ahead, whatever became of it before.
 * `null`: there is no such message.
 */
export async function resendWebhook(deps: SendDeps, ref: MessageRef): Promise<WebhookDelivery | null> {
  const { redis, keys, webhookQueue } = deps;
  const stored = await readMessage(deps, ref);
  if (!stored) return null;
  const state: DeliveryState = { ...stored.state, status: 'pending', nextAt: await redisNow(redis) };
  const args = [ref.number, JSON.stringify(state)];
  const round = Number(await raiseRoundScript(redis, [keys.webhooks(ref.owner)], args));
  if (round === 0) return null;
  await addWebhookJob(webhookQueue, ref, stored.message.event, round);
  // What waits for its time in the old round would drop itself; there is no need to keep it for a day.
  await webhookQueue.remove(webhookJobId(ref, round - 1)).catch(() => {});
  const now = await readMessage(deps, ref);
  return now && viewDelivery(ref, now);
}

/** Records a message that belongs to no batch and is tried once. */
export async function sendTestWebhook(deps: SendDeps, url: string, tenant: string): Promise<WebhookDelivery> {
  const { redis, keys, webhookQueue } = deps;
  const ref = { owner: `t${newBatchId().slice(1)}`, number: 1 };
  const message: Message = { event: 'webhook.test', url, tenant, at: await redisNow(redis) };
  const key = keys.webhooks(ref.owner);
  await executeAll(redis, (all) => all.hset(key, '1', JSON.stringify(message)).expire(key, TEST_SECONDS));
  await addWebhookJob(webhookQueue, ref, message.event, 1, 1);
  const stored = await readMessage(deps, ref);
  if (!stored) throw new Error('the test message was recorded but could not be read back');
  return viewDelivery(ref, stored);
}

/** KEYS: messages. ARGV: number, state JSON. Returns the new round, 0 without the message. */
const raiseRoundScript = defineScript(/* lua */ `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1] .. ':state', ARGV[2])
redis.call('HSETNX', KEYS[1], ARGV[1] .. ':round', 1)
return redis.call('HINCRBY', KEYS[1], ARGV[1] .. ':round', 1)
`);
