import { setTimeout as sleep } from 'node:timers/promises';
import { BatchOptions, WebhookDelivery } from '@image-studio/contract';
import { z } from 'zod';
import { type Allowance, createRateLimit } from '../auth/rate-limit.ts';
import { jsonBody } from '../http/json-body.ts';
import { ProblemError } from '../http/problem-error.ts';
import { type Route, route } from '../http/route.ts';
import { webhookFault } from '../submission/webhook-fault.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

const DeliveryPath = BatchPath.extend({ deliveryId: z.string().max(128) });
const TestRequest = z
  .strictObject({ url: BatchOptions.shape.webhookUrl.unwrap() })
  .meta({ id: 'WebhookTestRequest' });

/** Longer than an attempt may take (15 s), so that a test is answered with its outcome. */
const TEST_WAIT_MS = 18_000;
const TEST_POLL_MS = 200;
/** Of each tenant, at each replica. A person who tries an address out needs a few. */
const TESTS_PER_MINUTE = 10;

/** The deliveries of a batch, sending one again, and trying an address out. */
export function webhookRoutes({ api, outgoing }: RouteContext): Route[] {
  const tests = createRateLimit(TESTS_PER_MINUTE);
  return [
    route({
      method: 'get',
      path: '/batches/:id/webhooks',
      operationId: 'listWebhooks',
      tag: 'webhooks',
      summary: 'Messages to the webhook of a batch, newest first, and how their delivery went',
      role: 'viewer',
      params: BatchPath,
      answers: {
        200: {
          description: 'The last 100 messages',
          schema: z.object({ items: z.array(WebhookDelivery) }).meta({ id: 'WebhookDeliveries' }),
        },
      },
      problems: { 404: 'No such batch' },
      async handle({ params, principal }) {
        const { id } = await findBatch(api, params.id, principal.tenant);
        return { status: 200, body: { items: await api.webhooks(id) } };
      },
    }),
    route({
      method: 'post',
      path: '/batches/:id/webhooks/:deliveryId/resend',
      operationId: 'resendWebhook',
      tag: 'webhooks',
      summary: 'Send a message again, now, under the same id',
      role: 'operator',
      params: DeliveryPath,
      answers: { 202: { description: 'It is on its way', schema: WebhookDelivery } },
      problems: { 404: 'No such batch, or no such message of it' },
      async handle({ params, principal }) {
        const { id } = await findBatch(api, params.id, principal.tenant);
        const delivery = await api.resendWebhook(id, params.deliveryId);
        if (delivery !== null) return { status: 202, body: delivery };
        throw new ProblemError(404, 'DELIVERY_NOT_FOUND', 'This batch has sent no such message.');
      },
    }),
    route({
      method: 'post',
      path: '/webhooks/test',
      operationId: 'testWebhook',
      tag: 'webhooks',
      summary: 'Send a signed `webhook.test` to an address, once, and tell what came of it',
      role: 'operator',
      body: jsonBody(TestRequest),
      answers: {
        200: { description: 'Delivered, or why not', schema: WebhookDelivery },
        202: { description: 'No worker has taken it yet', schema: WebhookDelivery },
      },
      async handle({ body, principal: { tenant } }) {
        refuseForbidden(body.url, outgoing);
        refuseTooMany(tests.take(tenant));
        let delivery: WebhookDelivery | null = await api.testWebhook(body.url, tenant);
        const deadline = Date.now() + TEST_WAIT_MS;
        while (delivery?.status === 'pending' && Date.now() < deadline) {
          await sleep(TEST_POLL_MS);
          delivery = await api.webhookTest(delivery.id);
        }
        return { status: delivery?.status === 'pending' ? 202 : 200, body: delivery };
      },
    }),
  ];
}

function refuseTooMany({ limit, retryAfterSeconds }: Allowance): void {
  if (retryAfterSeconds === null) return;
  throw new ProblemError(429, 'RATE_LIMITED', `A tenant may test webhooks ${limit} times a minute.`, {
    headers: { 'retry-after': String(retryAfterSeconds) },
  });
}

/** Refuses the same addresses as a submission does, so that a test says what a batch would be told. */
function refuseForbidden(url: string, outgoing: RouteContext['outgoing']): void {
  const said = webhookFault(url, outgoing);
  if (said === null) return;
  throw new ProblemError(422, 'INVALID_BODY', `The address ${said.message}`, {
    errors: [{ path: 'url', ...said }],
  });
}
