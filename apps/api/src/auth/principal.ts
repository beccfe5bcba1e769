import type { ApiKey } from '@image-studio/runtime';

/** Who is asking: what a key stands for, without the key. */
export type Principal = Omit<ApiKey, 'key'>;

/** Tenant of keys that name none; its keys look after the fleet. */
export const DEFAULT_TENANT = 'default';
