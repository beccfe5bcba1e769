import { createHmac } from 'node:crypto';

/** What is signed: the id, the time and the body, exactly as they are sent. */
export interface SignedParts {
  id: string;
  /** Seconds since 1970. */
  timestamp: number;
  body: string;
}

/**
 * The header `webhook-signature` of Standard Webhooks 1.0: one `v1,…` for each secret (`whsec_` and base64), so that a
 * receiver may change to the next secret whenever it likes. `undefined` without a secret.
 */
export function signWebhook(parts: SignedParts, secrets: readonly string[]): string | undefined {
  if (secrets.length === 0) return undefined;
  const content = `${parts.id}.${parts.timestamp}.${parts.body}`;
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
      return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
    })
    .join(' ');
}
