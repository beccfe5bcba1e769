import { types } from 'node:util';

/** What is wrong with Redis as a whole, for everybody who asks it anything: no job's fault, and no client's. */
export interface RedisOutage {
  /** `refusing`: it answers and does not do what it is told. `denied`: it does not let this process in. `away`: it does not answer. */
  kind: 'refusing' | 'denied' | 'away';
  /** A sentence for the operator, with the server's own words. */
  reason: string;
  /** Another server may be the primary by now: a connection that stays will be refused for ever. */
  isDemoted: boolean;
  /** Redis might only be slow; one such error alone proves nothing. */
  isTimeout: boolean;
}

type Cause = readonly [pattern: RegExp, kind: RedisOutage['kind'], says: string];

/**
 * Replies by which Redis turns down what it would do at another time, or for somebody else. None of them has changed
 * anything: a command is refused before it runs, a transaction as a whole, a script at its first write.
 * Sources: `shared` replies in Redis's server.c, BullMQ's and ioredis's public threads (#433, #1738, #1928, #265, #1348).
 */
const REPLIES: readonly Cause[] = [
  [/^OOM\b|^(ERR )?out of memory/i, 'refusing', 'it is full'],
  [/^READONLY\b/, 'refusing', 'it is a read-only replica'],
  [/^UNBLOCKED\b/, 'refusing', 'it has just become a replica'],
  [/^MISCONF\b/, 'refusing', 'it cannot save to its disk'],
  [/^NOREPLICAS\b/, 'refusing', 'too few replicas follow it'],
  [/^LOADING\b/, 'refusing', 'it is still loading its data'],
  [/^BUSY\b/, 'refusing', 'it is busy with a script'],
  [/^MASTERDOWN\b/, 'refusing', 'it is a replica that has lost its primary'],
  [/^CLUSTERDOWN\b/, 'refusing', 'its cluster is down'],
  [/^TRYAGAIN\b/, 'refusing', 'its cluster is moving keys'],
  [/^ERR max number of clients/i, 'refusing', 'it has no room for another connection'],
  [/^ERR max .*\blimit exceeded/i, 'refusing', 'what it may do is used up'],
  [/^WRONGPASS\b|^ERR invalid password/, 'denied', 'user name or password in REDIS_URL are wrong'],
  [/^NOAUTH\b/, 'denied', 'it wants a password, and REDIS_URL has none'],
  [/^NOPERM\b/, 'denied', 'its user may not do what is needed'],
  [/^DENIED\b/, 'denied', 'it is in protected mode'],
];

/** Codes of sockets, name servers and TLS. */
const CODES: readonly Cause[] = [
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'away', 'its name cannot be resolved'],
  [/^ECONNREFUSED$/, 'away', 'nobody listens at its address'],
  [/^ETIMEDOUT$/, 'away', 'nothing answers at its address'],
  [/^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN)$/, 'away', 'there is no way to its address'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED)$/, 'away', 'the connection was cut'],
  [/^(EACCES|ENOENT|EADDRNOTAVAIL|EMFILE|ENFILE)$/, 'away', 'the connection cannot be opened'],
  [
    /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH)/,
    'denied',
    'its certificate is not trusted',
  ],
  [/^(ERR_SSL_|ERR_TLS_|EPROTO)/, 'denied', 'TLS fails'],
];

/** What ioredis itself says when there is no connection to send a command on. */
const NO_CONNECTION =
  /Connection is closed|enableOfflineQueue|Command aborted due to connection close|sentinels are unreachable|refresh slots cache|ClusterAllFailed|Socket timeout|Command queue state/;
/** The longest that is quoted of what the server says. */
const QUOTED = 160;

/**
 * The one place that tells an outage of Redis from a fault of what was asked: `null` for the latter. Everybody asks
 * here: the API before it answers 503, workers before they lay a fault at a job's door, and background work.
 */
export function outageOf(error: unknown): RedisOutage | null {
  // Also one of another realm.
  if (!types.isNativeError(error)) return null;
  const { code, previousErrors, lastNodeError, cause } = error as ErrorOfRedis;
  // `EXEC` only says that a command before it was refused.
  for (const inner of [...(previousErrors ?? []), lastNodeError, cause]) {
    const found = outageOf(inner);
    if (found) return found;
  }
  const words = wordsOfServer(error.message);
  const reply = REPLIES.find(([pattern]) => pattern.test(words));
  if (reply) return outage(reply, shortened(words));
  if (error.message === 'Command timed out') return AWAY.slow;
  const socket = typeof code === 'string' ? CODES.find(([pattern]) => pattern.test(code)) : undefined;
  if (socket) return outage(socket, String(code));
  return error.name === 'MaxRetriesPerRequestError' || NO_CONNECTION.test(error.message) ? AWAY.vague : null;
}

/** Whether it only says that there is no connection, as every command gets to hear meanwhile. */
export const isVague = (outage: RedisOutage): boolean => outage === AWAY.vague;

const AWAY = {
  vague: { kind: 'away', reason: 'Redis is not reachable', isDemoted: false, isTimeout: false },
  slow: { kind: 'away', reason: 'Redis does not answer in time', isDemoted: false, isTimeout: true },
} as const satisfies Record<string, RedisOutage>;

interface ErrorOfRedis {
  code?: unknown;
  cause?: unknown;
  previousErrors?: unknown[];
  lastNodeError?: unknown;
}

const WHAT = {
  refusing: 'Redis refuses commands',
  denied: 'Redis lets nobody in',
  away: 'Redis is not reachable',
} as const;

function outage([, kind, says]: Cause, words: string): RedisOutage {
  const isDemoted = /^(READONLY|UNBLOCKED|MASTERDOWN)\b/.test(words);
  return { kind, reason: `${WHAT[kind]}: ${says} (${words})`, isDemoted, isTimeout: false };
}

/** The server's own words, without the place in a script: Redis 6 names that in front, Redis 7 behind. */
function wordsOfServer(message: string): string {
  return message
    .replace(/^.*Last error: /s, '')
    .replace(/^EXECABORT Transaction discarded because of: /, '')
    .replace(/^ERR Error running script .*?: -/s, '')
    .replace(/[.,]? script: .*$/s, '')
    .trim();
}

function shortened(words: string): string {
  return words.length <= QUOTED ? words : `${words.slice(0, QUOTED - 1)}…`;
}
