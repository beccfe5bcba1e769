import { type WebhookSalt, webhookSecret } from '@image-studio/queue';
import { z } from 'zod';
import { jsonBody, optionalBody } from '../http/json-body.ts';
import { ProblemError } from '../http/problem-error.ts';
import { type Route, route } from '../http/route.ts';
import type { RouteContext } from './context.ts';

const SecretState = z
  .object({
    /** When the newest secret was made; `null`: this tenant has made none. */
    madeAt: z.string().nullable(),
    /** Until when messages are also signed with an earlier one; `null`: with the newest alone. */
    previousUntil: z.string().nullable(),
  })
  .meta({ id: 'WebhookSecretState' });
const NewSecret = SecretState.extend({
  /** `whsec_` and base64, as every library of Standard Webhooks takes it. It is not shown again. */
  secret: z.string(),
}).meta({ id: 'WebhookSecret' });

const SecretRequest = z
  .strictObject({
    /** The earlier secrets sign nothing more, as when they have been seen by somebody. Default: they sign for a day. */
    revoke: z.boolean().optional(),
  })
  .meta({ id: 'WebhookSecretRequest' });

/** A tenant's own secret: whether it has one, and making one. */
export function webhookSecretRoutes({ api, webhookRoots: [root] }: RouteContext): Route[] {
  return [
    route({
      method: 'get',
      path: '/webhooks/secret',
      operationId: 'getWebhookSecretState',
      tag: 'webhooks',
      summary:
        "Whether the tenant's webhooks are signed with a secret of its own, and since when; never the secret",
      role: 'viewer',
      answers: { 200: { description: 'The state', schema: SecretState } },
      handle: async ({ principal }) => ({
        status: 200,
        body: stateOf(await api.webhookSalts(principal.tenant)),
      }),
    }),
    route({
      method: 'post',
      path: '/webhooks/secret',
      operationId: 'renewWebhookSecret',
      tag: 'webhooks',
      summary:
        "Make a new secret for the tenant's webhooks and show it, once; the one before signs for another day",
      role: 'admin',
      body: optionalBody(jsonBody(SecretRequest)),
      answers: { 200: { description: 'The secret', schema: NewSecret } },
      problems: { 409: 'The installation has no `WEBHOOK_ROOT_SECRET`' },
      async handle({ body, principal: { tenant } }) {
        if (root === undefined) throw noRoot();
        const salts = await api.renewWebhookSalt(tenant, { revoke: body?.revoke === true });
        const [newest] = salts;
        if (newest === undefined) throw new Error('the secret was made and is gone again');
        const secret = webhookSecret({ root, tenant, salt: newest.salt });
        return { status: 200, body: { secret, ...stateOf(salts) } };
      },
    }),
  ];
}

function stateOf([newest, previous]: readonly WebhookSalt[]): z.infer<typeof SecretState> {
  const iso = (ms: number | null | undefined) => (ms == null ? null : new Date(ms).toISOString());
  return { madeAt: iso(newest?.at), previousUntil: iso(previous?.until) };
}

function noRoot(): ProblemError {
  return new ProblemError(
    409,
    'NO_ROOT_SECRET',
    'Secrets of tenants are derived from one of the installation, and it has none: set WEBHOOK_ROOT_SECRET, for the API and the workers.',
  );
}
