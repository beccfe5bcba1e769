import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { ApiKey } from '@image-studio/runtime';
import { NO_KEY } from './name-of.ts';
import { DEFAULT_TENANT, type Principal } from './principal.ts';

/** Knows whom a key belongs to. */
export interface KeyRing {
  /** No keys are configured: everybody on this machine is the admin of the default tenant. */
  readonly open: boolean;
  /** `null`: no such key. */
  principalOf(key: string | undefined): Principal | null;
  /**
   * What stands for the key of `keyId` until `expiresAt` (Unix ms), where a browser cannot send the key itself. Every replica
   * with the same keys reads it; it tells nothing of the key. `null` where no keys are configured.
   */
  ticketFor(keyId: string, expiresAt: number): string | null;
  /** `null`: no ticket of ours, or one that has run out at `now` (Unix ms). */
  principalOfTicket(ticket: string, now: number): Principal | null;
}

/** Tells a handful of keys apart. */
const KEY_ID_BYTES = 4;

/** Keeps digests, not keys, and compares them in constant time, always all of them. */
export function createKeyRing(keys: readonly ApiKey[]): KeyRing {
  const entries = keys.map(({ key, role, tenant }) => {
    const sha256 = digest(key);
    return { digest: sha256, principal: { role, tenant, keyId: sha256.toString('hex', 0, KEY_ID_BYTES) } };
  });
  const everybody: Principal = { role: 'admin', tenant: DEFAULT_TENANT, keyId: NO_KEY };
  return {
    open: entries.length === 0,
    principalOf(key) {
      if (entries.length === 0) return everybody;
      if (key === undefined) return null;
      const asked = digest(key);
      let found: Principal | null = null;
      for (const entry of entries) {
        if (timingSafeEqual(entry.digest, asked)) found = entry.principal;
      }
      return found;
    },
    ticketFor(keyId, expiresAt) {
      const entry = entries.find(({ principal }) => principal.keyId === keyId);
      return entry ? signed(entry.digest, `${keyId}.${expiresAt}`) : null;
    },
    principalOfTicket(ticket, now) {
      const [keyId = '', expiresAt = ''] = ticket.split('.', 2);
      const entry = entries.find(({ principal }) => principal.keyId === keyId);
      if (!entry || !(Number(expiresAt) > now)) return null;
      const [given, right] = [ticket, signed(entry.digest, `${keyId}.${expiresAt}`)].map(digest);
      return timingSafeEqual(given as Buffer, right as Buffer) ? entry.principal : null;
    },
  };
}

/** Signed with the digest of the key, which never leaves the process. */
function signed(secret: Buffer, text: string): string {
  return `${text}.${createHmac('sha256', secret).update(`board ${text}`).digest('base64url')}`;
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
