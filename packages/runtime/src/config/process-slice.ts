import { z } from 'zod';
import { type RedisConfig, RedisSlice } from './redis-slice.ts';
import { variable } from './variable.ts';

export const LogLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']);
export type LogLevel = z.infer<typeof LogLevel>;

/** Who may read `/metrics`: everybody who reaches it, keys of the default tenant, nobody. */
export const MetricsAccess = z.enum(['open', 'key', 'off']);
export type MetricsAccess = z.infer<typeof MetricsAccess>;

/** What every process needs: Redis, its logs, how long it may take to stop. */
export interface ProcessConfig extends RedisConfig {
  queuePrefix: string;
  /** Interface of the API, and of a worker's ops server. */
  host: string;
  logLevel: LogLevel;
  metricsAccess: MetricsAccess;
  shutdownTimeoutMs: number;
  /** BullMQ's lock; the stalled check runs every third of it. */
  jobLockMs: number;
}

const OwnSlice = z
  .object({
    QUEUE_PREFIX: z
      .string()
      .regex(/^[\w.{}:-]{1,64}$/, 'must be 1–64 letters, digits or any of _ . : - { }')
      .default('studio'),
    HOST: z.string().default('127.0.0.1'),
    LOG_LEVEL: variable.oneOf(LogLevel.options),
    METRICS_ACCESS: variable.oneOf(MetricsAccess.options),
    SHUTDOWN_TIMEOUT_MS: variable.milliseconds(30_000),
    JOB_LOCK_MS: variable.milliseconds(15_000, 500),
  })
  .transform(
    (env): Omit<ProcessConfig, keyof RedisConfig> => ({
      queuePrefix: env.QUEUE_PREFIX,
      host: env.HOST,
      logLevel: env.LOG_LEVEL ?? 'info',
      metricsAccess: env.METRICS_ACCESS ?? 'open',
      shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
      jobLockMs: env.JOB_LOCK_MS,
    }),
  );

export const ProcessSlice = z.intersection(RedisSlice, OwnSlice);
