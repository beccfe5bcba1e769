import { z } from 'zod';

/** What a key may do: look, run batches, or everything. */
export const Role = z.enum(['viewer', 'operator', 'admin']);
export type Role = z.infer<typeof Role>;

/** One bearer key of `API_KEYS`. */
export interface ApiKey {
  role: Role;
  tenant: string;
  key: string;
}

/** Tenants become parts of Redis keys. */
const TENANT = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * 64 bits when it is random hexadecimal: beyond guessing even for somebody who knows the 32 bits of its hash that the log
 * shows. A limit of requests slows guessing down; four characters it does not save.
 */
const MIN_KEY_LENGTH = 16;

/** `API_KEYS`: comma-separated `[role@][tenant:]key`. Unset means no key at all; faults never show an entry. */
export const ApiKeys = z
  .string()
  .optional()
  .transform((text, context): ApiKey[] => {
    if (text === undefined) return [];
    const keys: ApiKey[] = [];
    for (const [index, entry] of text.split(',').entries()) {
      const parsed = parseEntry(entry.trim());
      if (typeof parsed === 'string') {
        context.addIssue({ code: 'custom', message: `entry ${index + 1} ${parsed}` });
        return z.NEVER;
      }
      keys.push(parsed);
    }
    if (new Set(keys.map(({ key }) => key)).size < keys.length) {
      context.addIssue({ code: 'custom', message: 'holds the same key twice' });
    }
    return keys;
  });

/** The key, or what is wrong with it. A misspelt role must not turn into an admin's key with an odd name. */
function parseEntry(entry: string): ApiKey | string {
  const at = entry.indexOf('@');
  const colon = entry.indexOf(':');
  const namesRole = at >= 0 && (colon < 0 || at < colon);
  const role = Role.safeParse(namesRole ? entry.slice(0, at) : 'admin');
  if (!role.success) return `has an unknown role before "@" (known: ${Role.options.join(', ')})`;
  const rest = namesRole ? entry.slice(at + 1) : entry;
  const split = rest.indexOf(':');
  const tenant = split < 0 ? 'default' : rest.slice(0, split);
  const key = rest.slice(split + 1);
  if (!TENANT.test(tenant)) return 'has a tenant that is not 1–64 letters, digits, ".", "_" or "-"';
  if (!/^[\x21-\x7e]+$/.test(key)) return 'has an empty key or one with spaces or non-ASCII characters';
  if (key.length < MIN_KEY_LENGTH)
    return `has a key of ${key.length} characters, the least is ${MIN_KEY_LENGTH}: make one with "openssl rand -hex 24"`;
  return { role: role.data, tenant, key };
}
