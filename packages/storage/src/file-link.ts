import { createHmac, timingSafeEqual } from 'node:crypto';

/** The query of a link that opens `key` until `expires` (unix seconds): `expires=…&signature=<hex hmac>`. */
export function signFileLink(link: { key: string; expires: number; linkSecret: string }): string {
  return `expires=${link.expires}&signature=${signatureOf(link).toString('hex')}`;
}

/**
 * Whether the query of a link is the one that the file store gave out for `key`, and still holds. Takes the same time
 * whatever the signature.
 */
export function verifyFileLink(link: {
  key: string;
  /** As they stand in the query. */
  expires: string | undefined;
  signature: string | undefined;
  linkSecret: string;
  nowMs?: number;
}): boolean {
  const { key, linkSecret, signature = '', nowMs = Date.now() } = link;
  if (!/^[1-9]\d{0,11}$/.test(link.expires ?? '') || !/^[0-9a-f]{64}$/.test(signature)) return false;
  const expires = Number(link.expires);
  const genuine = timingSafeEqual(Buffer.from(signature, 'hex'), signatureOf({ key, expires, linkSecret }));
  return genuine && expires * 1000 > nowMs;
}

function signatureOf({ key, expires, linkSecret }: { key: string; expires: number; linkSecret: string }) {
  return createHmac('sha256', linkSecret).update(`${expires}\n${key}`).digest();
}
