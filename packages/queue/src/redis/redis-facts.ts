import type { Redis } from './connect.ts';

/** What a Redis says of itself; `null` where this user may not ask, or the server does not know the question. */
export interface RedisFacts {
  version: string | null;
  isCluster: boolean;
  /** Bytes; the limit is `maxmemory`, or what the machine has where none is set. */
  memory: { used: number; limit: number } | null;
  evictionPolicy: string | null;
  /** Since it started. */
  evictedKeys: number;
  /** `none`: a restart forgets everything. */
  persistence: 'appendOnly' | 'snapshots' | 'none' | null;
  /** Whether `INFO` is allowed. */
  tells: boolean;
}

/** Asks with what any user may say (`HELLO`), then with what may be forbidden. Rejects only when Redis is away. */
export async function readRedisFacts(redis: Redis): Promise<RedisFacts> {
  const [greeting, info] = await Promise.all([
    answerOf(redis.call('HELLO') as Promise<unknown[]>),
    answerOf(redis.info()),
  ]);
  const hello = (name: string) => greeting?.[greeting.indexOf(name) + 1];
  const field = (name: string) => info?.match(new RegExp(`^${name}:(.*?)\r?$`, 'm'))?.[1];
  const number = (name: string) => Number(field(name) ?? 0);
  const limit = number('maxmemory') || number('total_system_memory');
  return {
    version: field('redis_version') ?? (greeting ? String(hello('version')) : null),
    isCluster: hello('mode') === 'cluster' || field('cluster_enabled') === '1',
    memory: limit > 0 ? { used: number('used_memory'), limit } : null,
    evictionPolicy: field('maxmemory_policy') ?? (await setting(redis, 'maxmemory-policy')),
    evictedKeys: number('evicted_keys'),
    persistence: await persistenceOf(redis, field('aof_enabled')),
    tells: info !== null,
  };
}

async function persistenceOf(
  redis: Redis,
  aofEnabled: string | undefined,
): Promise<RedisFacts['persistence']> {
  const appendOnly = aofEnabled ?? (await setting(redis, 'appendonly'));
  if (appendOnly === '1' || appendOnly === 'yes') return 'appendOnly';
  const save = await setting(redis, 'save');
  if (save === null) return null;
  return save === '' ? 'none' : 'snapshots';
}

async function setting(redis: Redis, name: string): Promise<string | null> {
  const pair = await answerOf(redis.config('GET', name) as Promise<string[]>);
  return pair?.[1] ?? null;
}

/** `null` when the server refuses: the command is forbidden, renamed or unknown. */
async function answerOf<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && /^(NOPERM|ERR) /.test(error.message)) return null;
    throw error;
  }
}
