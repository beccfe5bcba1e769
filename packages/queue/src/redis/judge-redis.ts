import type { OperatorMessage } from './operator-message.ts';
import type { RedisFacts } from './redis-facts.ts';

/** BullMQ's own recommendation, and what the scripts are written for. Valkey and others tell a version of Redis, too. */
const OLDEST = [6, 2] as const;
/** Of the memory it may use; beyond, a large submission may be the one that fills it. */
const MUCH_MEMORY = 0.8;

/** What an operator should change about this Redis; the dashboard says the same in its language, by code and values. */
export function judgeRedis(facts: RedisFacts): Omit<OperatorMessage, 'at'>[] {
  const { version, evictionPolicy, evictedKeys, persistence, memory } = facts;
  const messages: Omit<OperatorMessage, 'at'>[] = [];
  const say = (code: string, message: string, values: Record<string, string> = {}) => {
    messages.push({ code, message, values });
  };
  if (version !== null && isOld(version)) {
    const needed = OLDEST.join('.');
    say('REDIS_OLD', `Redis is version ${version}; Image Studio needs ${needed} or newer, or Valkey.`, {
      version,
      needed,
    });
  }
  if (evictionPolicy !== null && evictionPolicy !== 'noeviction') {
    const evicted = evictedKeys.toLocaleString('en');
    say(
      'REDIS_EVICTS',
      `Redis drops keys when its memory is full: its maxmemory-policy is ${evictionPolicy}, and ${evicted} keys have gone since it started. Dropped keys are lost jobs and batches. Set maxmemory-policy to noeviction.`,
      { policy: evictionPolicy, evicted },
    );
  }
  if (persistence === 'none') {
    say(
      'REDIS_NOT_PERSISTENT',
      'Redis keeps nothing on disk: a restart would forget all batches and what has been paid for. Set appendonly to yes.',
    );
  }
  const ratio = memoryRatio(facts);
  if (memory !== null && ratio !== null && ratio > MUCH_MEMORY) {
    const values = {
      percent: String(Math.floor(ratio * 100)),
      used: megabytes(memory.used),
      limit: megabytes(memory.limit),
    };
    say(
      'REDIS_MEMORY',
      `Redis uses ${values.percent} % of its memory (${values.used} of ${values.limit} MB). When it is full, nothing can be submitted or finished. Give it more, delete batches, or lower BATCH_RETENTION_DAYS.`,
      values,
    );
  }
  const unknown = [
    ...(version === null ? ['version'] : []),
    ...(evictionPolicy === null ? ['maxmemory-policy'] : []),
    ...(persistence === null ? ['persistence'] : []),
    ...(memory === null ? ['memory'] : []),
  ].join(', ');
  if (unknown !== '') {
    say(
      'REDIS_UNCHECKED',
      `Redis does not tell everything about itself (INFO or CONFIG GET is not allowed), so this cannot be checked: ${unknown}.`,
      { unknown },
    );
  }
  return messages;
}

/** How full Redis is, 0 to 1; `null` when it does not say. */
export function memoryRatio({ memory }: RedisFacts): number | null {
  return memory && memory.used / memory.limit;
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

function megabytes(bytes: number): string {
  return Math.round(bytes / 1e6).toLocaleString('en');
}
