import { Webhook } from 'standardwebhooks';

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
export function signWebhook(
  { id, timestamp, body }: SignedParts,
  secrets: readonly string[],
): string | undefined {
  if (secrets.length === 0) return undefined;
  const at = new Date(timestamp * 1000);
  return secrets.map((secret) => new Webhook(keyOf(secret), { format: 'raw' }).sign(id, at, body)).join(' ');
}

/** Decoded by Node, which takes base64 of URLs and without padding, too. */
function keyOf(secret: string): Uint8Array {
  return new Uint8Array(Buffer.from(secret.slice('whsec_'.length), 'base64'));
}
