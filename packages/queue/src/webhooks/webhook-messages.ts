import type { WebhookDelivery } from '@image-studio/contract';
import type { Database } from '../redis/database.ts';
import { parseMessageId } from './message-id.ts';
import { listMessages, readMessage, viewDelivery } from './message-store.ts';
import { resendWebhook, type SendDeps, sendTestWebhook } from './send-again.ts';
import { readWebhookSalts, renewWebhookSalt, type WebhookSalt } from './webhook-salts.ts';

/** Messages to the clients' webhooks, and the salts of their secrets. */
export interface WebhookMessages {
  /** Messages to the batch's webhook, newest first; the last 100. */
  webhooks(batchId: string): Promise<WebhookDelivery[]>;
  /** Sends a message of the batch again, now, under its id; `null` when the batch has no such message. */
  resendWebhook(batchId: string, messageId: string): Promise<WebhookDelivery | null>;
  /** Sends a `webhook.test` once, to an address of no batch. */
  testWebhook(url: string, tenant: string): Promise<WebhookDelivery>;
  /** How far a `webhook.test` of the last hour has come. */
  webhookTest(messageId: string): Promise<WebhookDelivery | null>;
  /** With which salts a tenant's webhooks are signed, newest first; none before the first is made. */
  webhookSalts(tenant: string): Promise<WebhookSalt[]>;
  /** Makes a new one; the others sign on for a day, with `revoke` not at all. */
  renewWebhookSalt(tenant: string, options: { revoke: boolean }): Promise<WebhookSalt[]>;
}

export function createWebhookMessages(db: Database, deps: () => SendDeps): WebhookMessages {
  return {
    webhooks: (batchId) => listMessages(db, batchId),
    async resendWebhook(batchId, messageId) {
      const ref = parseMessageId(messageId);
      return ref?.owner === batchId ? resendWebhook(deps(), ref) : null;
    },
    testWebhook: (url, tenant) => sendTestWebhook(deps(), url, tenant),
    async webhookTest(messageId) {
      const ref = parseMessageId(messageId);
      const stored = ref?.owner.startsWith('t') ? await readMessage(db, ref) : null;
      return ref && stored && viewDelivery(ref, stored);
    },
    webhookSalts: (tenant) => readWebhookSalts(db, tenant),
    renewWebhookSalt: (tenant, options) => renewWebhookSalt(db, tenant, options),
  };
}
