import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseRedisUrl, REDIS_URL_FORMS } from '@image-studio/contract';
import { z } from 'zod';

/**
 * PEM texts of a TLS connection. Those that are in files are read anew each time somebody asks: certificates are
 * renewed while a process runs, and every connection asks.
 */
export interface RedisTls {
  /** Whom to trust, instead of the system's authorities. */
  readonly ca?: string;
  readonly cert?: string;
  /** Never log it. */
  readonly key?: string;
  /** Name that the server's certificate must bear, where it is not the host. */
  readonly servername?: string;
}

/** How Redis is reached. */
export interface RedisConfig {
  /** May hold a password: never log it. */
  redisUrl: string;
  redisTls?: RedisTls;
  /** Where the sentinels want another login than Redis, or any. */
  redisSentinel?: { username?: string; password?: string };
}

/** Of a larger configuration, only this. */
export function redisOf({ redisUrl, redisTls, redisSentinel }: RedisConfig): RedisConfig {
  return { redisUrl, ...(redisTls && { redisTls }), ...(redisSentinel && { redisSentinel }) };
}

/** Every secret of the connection, for the logger to leave out. */
export function redisSecrets({ redisUrl, redisTls, redisSentinel }: RedisConfig): string[] {
  const secrets = [redisUrl, parseRedisUrl(redisUrl)?.password, redisSentinel?.password, redisTls?.key];
  return secrets.filter((secret) => secret !== undefined);
}

type Pem = 'REDIS_CA' | 'REDIS_CERT' | 'REDIS_KEY';

const PEM_FAULTS: Record<Pem, { is: string; parse: (pem: string) => unknown }> = {
  REDIS_CA: { is: 'a certificate', parse: (pem) => new X509Certificate(pem) },
  REDIS_CERT: { is: 'a certificate', parse: (pem) => new X509Certificate(pem) },
  REDIS_KEY: { is: 'a private key without a passphrase', parse: createPrivateKey },
};

/** A file's path, or the text itself. Answers the way to read it. */
const pem = (name: Pem) =>
  z
    .string()
    .optional()
    .transform((text, context): (() => string) | undefined => {
      if (text === undefined) return undefined;
      const fault = (message: string) => {
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      };
      const read = text.startsWith('-----BEGIN') ? readText(text) : readFile(text);
      const { is, parse } = PEM_FAULTS[name];
      try {
        parse(read());
        return read;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // A file's own errors are short names; those of OpenSSL say nothing to people and may quote the text.
        if (code && /^E[A-Z]+$/.test(code)) return fault(`names a file that cannot be read (${code})`);
        return fault(`must be the path of a PEM file or PEM text of ${is}`);
      }
    });

export const RedisSlice = z
  .object({
    REDIS_URL: z
      .string('is required')
      .refine((text) => parseRedisUrl(text) !== null, `must be ${REDIS_URL_FORMS}`),
    REDIS_CA: pem('REDIS_CA'),
    REDIS_CERT: pem('REDIS_CERT'),
    REDIS_KEY: pem('REDIS_KEY'),
    REDIS_TLS_SERVERNAME: z.string().optional(),
    REDIS_SENTINEL_USERNAME: z.string().optional(),
    REDIS_SENTINEL_PASSWORD: z.string().optional(),
  })
  .superRefine((env, context) => {
    const fault = (name: string, message: string) => {
      context.addIssue({ code: 'custom', path: [name], message });
    };
    const address = parseRedisUrl(env.REDIS_URL);
    for (const name of ['REDIS_CA', 'REDIS_CERT', 'REDIS_TLS_SERVERNAME'] as const) {
      // Without TLS they would be left out, and the connection open to all.
      if (env[name] !== undefined && address?.tls === false) {
        fault(name, 'needs a REDIS_URL that starts with rediss:// or rediss+sentinel://');
      }
    }
    for (const name of ['REDIS_SENTINEL_USERNAME', 'REDIS_SENTINEL_PASSWORD'] as const) {
      if (env[name] !== undefined && address?.kind === 'single') {
        fault(name, 'needs a REDIS_URL that starts with redis+sentinel:// or rediss+sentinel://');
      }
    }
    if (env.REDIS_CERT === undefined && env.REDIS_KEY !== undefined) {
      fault('REDIS_CERT', 'is required when REDIS_KEY is set');
    }
    if (env.REDIS_CERT === undefined) return;
    if (env.REDIS_KEY === undefined) fault('REDIS_KEY', 'is required when REDIS_CERT is set');
    else if (!new X509Certificate(env.REDIS_CERT()).checkPrivateKey(createPrivateKey(env.REDIS_KEY()))) {
      fault('REDIS_KEY', 'does not belong to the certificate of REDIS_CERT');
    }
  })
  .transform((env): RedisConfig => {
    const { REDIS_CA: ca, REDIS_CERT: cert, REDIS_KEY: key, REDIS_TLS_SERVERNAME: servername } = env;
    const { REDIS_SENTINEL_USERNAME: username, REDIS_SENTINEL_PASSWORD: password } = env;
    return {
      redisUrl: env.REDIS_URL,
      ...((ca || cert || servername !== undefined) && { redisTls: tlsOf({ ca, cert, key }, servername) }),
      ...((username !== undefined || password !== undefined) && {
        redisSentinel: {
          ...(username !== undefined && { username }),
          ...(password !== undefined && { password }),
        },
      }),
    };
  });

/** Environment files have no lines within a value, so `\n` stands for one. */
function readText(text: string): () => string {
  const lines = text.replaceAll('\\n', '\n');
  return () => lines;
}

/** A file that cannot be read later, in the middle of being replaced, is taken as it was last. */
function readFile(path: string): () => string {
  let last: string | undefined;
  return () => {
    try {
      last = readFileSync(path, 'utf8');
    } catch (error) {
      if (last === undefined) throw error;
    }
    return last;
  };
}

function tlsOf(
  readers: Record<'ca' | 'cert' | 'key', (() => string) | undefined>,
  servername: string | undefined,
): RedisTls {
  const tls = servername === undefined ? {} : { servername };
  for (const [name, read] of Object.entries(readers)) {
    if (read) Object.defineProperty(tls, name, { get: read, enumerable: true });
  }
  return tls;
}
