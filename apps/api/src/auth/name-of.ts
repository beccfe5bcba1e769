import type { Principal } from './principal.ts';

/** Who decides, as a SKU's history tells it: role and beginning of the key's digest, as in the audit log. Nothing where no keys are configured. */
export function nameOf({ role, keyId }: Principal): { by?: string } {
  return keyId === NO_KEY ? {} : { by: `${role} ${keyId}` };
}

/** The `keyId` of everybody where no keys are configured. */
export const NO_KEY = 'none';
