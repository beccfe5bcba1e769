import { isIP } from 'node:net';
import { parseRedisUrl, type RedisBehindSentinels } from '@image-studio/contract';
import type { RedisOptions } from 'ioredis';

/** Answers always come in the form of RESP2. */
export type ConnectOptions = Omit<RedisOptions, 'replyMapping'>;

/** Which Redis, and how it knows us. */
export interface RedisServer {
  /** `redis://`, `rediss://`, `redis+sentinel://` or `rediss+sentinel://`. */
  redisUrl: string;
  /** PEM texts; getters may read them anew for each connection. */
  redisTls?: RedisTls;
  redisSentinel?: SentinelLogin;
}

interface RedisTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

interface SentinelLogin {
  username?: string;
  password?: string;
}

/** A sentinel that is dead or frozen is left for the next one after this long. */
const SENTINEL_TIMEOUT_MS = 1000;

/** What ioredis needs to know, beside its URL, to reach this server. */
export function redisOptions({ redisUrl, redisTls, redisSentinel }: RedisServer): ConnectOptions {
  const address = parseRedisUrl(redisUrl);
  if (address === null) throw new Error('the address of Redis cannot be read');
  if (address.kind === 'single') return address.tls ? { tls: tlsOptions(redisTls, address.host) } : {};
  return sentinelOptions(address, redisTls, redisSentinel);
}

function sentinelOptions(
  { sentinels, name, username, password, db, tls }: RedisBehindSentinels,
  redisTls: RedisTls | undefined,
  login: SentinelLogin | undefined,
): ConnectOptions {
  return {
    sentinels,
    name,
    db,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(login?.username !== undefined && { sentinelUsername: login.username }),
    ...(login?.password !== undefined && { sentinelPassword: login.password }),
    sentinelCommandTimeout: SENTINEL_TIMEOUT_MS,
    connectTimeout: 2 * SENTINEL_TIMEOUT_MS,
    // A primary that is cut off, or frozen, keeps its connections; the sentinels say that it is none any more.
    failoverDetector: true,
    sentinelReconnectStrategy: () => 5 * SENTINEL_TIMEOUT_MS,
    ...(tls && {
      tls: tlsOptions(redisTls, undefined),
      sentinelTLS: tlsOptions(redisTls, undefined),
      enableTLSForSentinelMode: true,
    }),
  };
}

/** Node checks the certificate against the host by itself, but tells the server no name (SNI) unless it is given one. */
function tlsOptions(redisTls: RedisTls | undefined, host: string | undefined): RedisTls {
  const tls = Object.create(Object.prototype, Object.getOwnPropertyDescriptors(redisTls ?? {})) as RedisTls;
  if (tls.servername !== undefined || host === undefined || isIP(host) !== 0) return tls;
  return Object.defineProperty(tls, 'servername', { value: host, enumerable: true });
}

/**
 * Lets BullMQ start on this connection, and on its copies, although `INFO` is forbidden. It takes Redis for an old one then,
 * whose blocking commands know only whole seconds. ioredis would complain of it at each connection.
 */
export function goWithoutInfo(redis: { options: RedisOptions }): void {
  Object.assign(redis.options, { skipVersionCheck: true, enableReadyCheck: false });
}
