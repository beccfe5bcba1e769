import { createHmac } from 'node:crypto';

/**
 * The secret (`whsec_` and base64) that signs a tenant's webhooks. It is derived from a root secret, which only the
 * processes know, and a salt, which Redis keeps: neither alone tells it, and one tenant's secret tells nothing of another's.
 */
export function webhookSecret(parts: { root: string; tenant: string; salt: string }): string {
  const { root, tenant, salt } = parts;
  const key = createHmac('sha256', root).update(`image-studio webhooks\n${tenant}\n${salt}`).digest('base64');
  return `whsec_${key}`;
}
