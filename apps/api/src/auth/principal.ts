import type { ApiKey } from '@image-studio/runtime';

/** Who is asking: what a key stands for, without the key. */
export interface Principal extends Omit<ApiKey, 'key'> {
  /** The beginning of the key's SHA-256: names the key in logs, tells nothing about it. */
  keyId: string;
}

/** Tenant of keys that name none; its keys look after the fleet. */
export const DEFAULT_TENANT = 'default';
