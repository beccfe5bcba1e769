import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiKey } from '@image-studio/runtime';
import { NO_KEY } from './name-of.ts';
import { DEFAULT_TENANT, type Principal } from './principal.ts';

/** Knows whom a key belongs to. */
export interface KeyRing {
  /** No keys are configured: everybody on this machine is the admin of the default tenant. */
  readonly open: boolean;
  /** `null`: no such key. */
  principalOf(key: string | undefined): Principal | null;
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
  };
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
