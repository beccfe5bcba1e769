import { isOpen } from './be-patient.ts';
import type { Redis } from './connect.ts';
import { judgeRedis, memoryRatio } from './judge-redis.ts';
import type { OperatorMessage } from './operator-message.ts';
import { readRedisFacts } from './redis-facts.ts';
import { assertUsable } from './unsupported-redis.ts';

/** How Redis was found at the last look. */
export interface RedisCondition {
  /** What an operator should know or change; `REDIS_UNCHECKED` is only to know. */
  messages: OperatorMessage[];
  /** 0 to 1; `null` before the first look, or when Redis does not say. */
  memoryRatio: number | null;
}

export interface RedisWatch {
  condition(): RedisCondition;
  /** Whether `INFO` is allowed, as far as is known. */
  tells(): boolean;
  /** Looks now. Rejects with `UnsupportedRedis` when this server cannot be used at all, and when Redis is away. */
  look(): Promise<void>;
  close(): void;
}

/** Settings change, and a failover brings another server. */
export const REDIS_LOOK_MS = 60_000;

/** Looks every `everyMs` while Redis is there; what comes up, and goes, is logged once. */
export function createRedisWatch(
  redis: Redis,
  options: { everyMs: number; log: { warn(fields: object, message: string): void } },
): RedisWatch {
  let condition: RedisCondition = { messages: [], memoryRatio: null };
  let tells = true;
  const look = async (): Promise<void> => {
    const facts = await readRedisFacts(redis);
    assertUsable(facts);
    tells = facts.tells;
    const before = new Map(condition.messages.map((message) => [message.code, message]));
    const messages = judgeRedis(facts).map((message) => ({
      ...message,
      at: before.get(message.code)?.at ?? new Date().toISOString(),
    }));
    condition = { messages, memoryRatio: memoryRatio(facts) };
    for (const { code, message } of messages) {
      if (!before.delete(code)) options.log.warn({ code }, message);
    }
    for (const code of before.keys()) options.log.warn({ code }, 'this is over');
  };
  const timer = setInterval(() => {
    // A failed look is not logged: the commands of others say what is wrong.
    if (isOpen(redis)) look().catch(() => {});
  }, options.everyMs);
  return {
    condition: () => condition,
    tells: () => tells,
    look,
    close: () => clearInterval(timer),
  };
}
