import { type WebhookJob, webhookSecret } from '@image-studio/queue';

/**
 * What a message is signed with: its tenant's own secrets, from each root while one is being replaced; for the tenant `default`
 * those of `WEBHOOK_SECRET` as well. No other tenant's messages are signed with `WEBHOOK_SECRET`: receivers that share a secret
 * can forge messages to each other.
 */
export function secretsFor(
  { tenant, salts }: Pick<WebhookJob, 'tenant' | 'salts'>,
  { secrets, roots }: { secrets: readonly string[]; roots: readonly string[] },
): string[] {
  const own = salts.flatMap((salt) => roots.map((root) => webhookSecret({ root, tenant, salt })));
  return tenant === 'default' ? [...own, ...secrets] : own;
}
