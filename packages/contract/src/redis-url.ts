import { parseUrl } from './parse-url.ts';
/** Where Redis is and who asks, as `REDIS_URL` says it. */
export type RedisAddress = SingleRedis | RedisBehindSentinels;

interface Credentials {
  tls: boolean;
  username?: string;
  /** Never log it. */
  password?: string;
  db: number;
}

export interface SingleRedis extends Credentials {
  kind: 'single';
  host: string;
}

/** The sentinels tell which server is the primary at the moment; credentials and database are the primary's. */
export interface RedisBehindSentinels extends Credentials {
  kind: 'sentinel';
  sentinels: { host: string; port: number }[];
  /** What the sentinels call the group of servers: `mymaster` in most examples. */
  name: string;
}

/** What `REDIS_URL` may be, for people. */
export const REDIS_URL_FORMS =
  'redis://host:6379, rediss://host:6379 or redis+sentinel://host:26379,host:26379/name (rediss+sentinel:// with TLS)';

const SENTINEL_PORT = 26_379;
const SENTINEL = /^(rediss?)\+sentinel:\/\/(?:([^/]*)@)?([^/@]+)\/([\w.-]+)(?:\/(\d+))?$/i;

/** Reads `redis://`, `rediss://`, `redis+sentinel://` and `rediss+sentinel://`; `null` when it is none of them. */
export function parseRedisUrl(text: string): RedisAddress | null {
  const [, scheme = '', user, hosts, name, db = '0'] = SENTINEL.exec(text) ?? [];
  if (hosts === undefined || name === undefined) return parseSingle(text);
  const sentinels = hosts.split(',').map(parseHost);
  const credentials = credentialsOf(user);
  if (credentials === null || sentinels.includes(null)) return null;
  return {
    kind: 'sentinel',
    tls: scheme.toLowerCase() === 'rediss',
    sentinels: sentinels.filter((host) => host !== null),
    name,
    ...credentials,
    db: Number(db),
  };
}

function parseSingle(text: string): SingleRedis | null {
  const url = parseUrl(text);
  if (url === null) return null;
  const { protocol, username, password, hostname, pathname } = url;
  if (protocol !== 'redis:' && protocol !== 'rediss:') return null;
  const credentials = credentialsOf(username || password ? `${username}:${password}` : undefined);
  if (credentials === null) return null;
  const db = Number(/^\/(\d+)$/.exec(pathname)?.[1] ?? 0);
  return { kind: 'single', tls: protocol === 'rediss:', host: unbracketed(hostname), ...credentials, db };
}

function parseHost(text: string): { host: string; port: number } | null {
  const url = parseUrl(`redis://${text}`);
  if (url === null) return null;
  const { hostname, port, pathname, search, hash, username } = url;
  if (hostname === '' || username || pathname || search || hash) return null;
  return { host: unbracketed(hostname), port: port === '' ? SENTINEL_PORT : Number(port) };
}

/** `user:password`, either of which may be empty, percent-encoded where it has to be. */
function credentialsOf(text: string | undefined): Pick<Credentials, 'username' | 'password'> | null {
  if (text === undefined) return {};
  const colon = text.indexOf(':');
  const [username, password] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  try {
    return {
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
    };
  } catch {
    return null;
  }
}

/** `[::1]` is how a URL writes `::1`. */
function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
