import type { AuditWork } from './audits/audit-work.ts';
import type { CallJob, CallOutcome } from './calls/call-job.ts';
import type { CallLedger } from './calls/ledger.ts';
import type { PoolControl } from './calls/pool-control.ts';
import type { SourceDigests } from './calls/source-digests.ts';
import type { ChoreHandlers } from './chores/chore-worker.ts';
import type { Housekeeping } from './commands/housekeeping.ts';
import type { EconomyTimes } from './economy/economy-times.ts';
import type { ParcelWork } from './economy/parcel-work.ts';
import type { WorkHold } from './fleet/hold-work.ts';
import type { ManifestDuty } from './fleet/manifest-duty.ts';
import type { WorkerCapacity } from './fleet/worker-info.ts';
import type { PoolConfig, QuotaLimits } from './jobs/call-pools.ts';
import type { RedisServer } from './redis/redis-options.ts';
import type { RedisOutage } from './redis/redis-outage.ts';
import type { RemarkWork } from './remarks/remark-work.ts';
import type { SkuJob, SkuOutcome } from './skus/sku-job.ts';
import type { WebhookHandler } from './webhooks/webhook-worker.ts';

export interface StudioWorkerConfig extends RedisServer {
  /** Goes into each sign of life. */
  capacity?: () => WorkerCapacity;
  prefix: string;
  version: string;
  /** Of the default pool. */
  quota: QuotaLimits;
  /** Further pools whose calls this process makes. */
  pools?: readonly PoolConfig[];
  /** How long a pool has to be down, or without a worker, until its calls move to another one. Default: a minute. */
  fallbackAfterMs?: number;
  /** Longest time of one AI call. */
  callTimeoutMs: number;
  skuConcurrency: number;
  aiConcurrency: number;
  jobLockMs: number;
  retryBaseMs?: number;
  /** How long an hour of the economy lane's waits lasts; shorter in tests only. */
  economyHourMs?: number;
  /** In tests: waits that are none of an hour's parts. */
  economyTimes?: Partial<EconomyTimes>;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

export interface StudioHandlers {
  sku(job: SkuJob): Promise<SkuOutcome>;
  call(job: CallJob): Promise<CallOutcome>;
  /** Without it this process delivers no webhooks. */
  webhook?: WebhookHandler;
  /** Without them this process does no chores. */
  chores?: ChoreHandlers;
  /** What this process does with parcels of a pool's calls; it leaves those alone for which there is none. */
  parcels?: (pool: string) => ParcelWork | undefined;
}

/** Runs the jobs of one worker process, from the first look at Redis until they are handed back. */
export interface JobRunner extends Pick<WorkHold, 'holdWork' | 'releaseWork'> {
  /** Waits for Redis; rejects with `UnsupportedRedis` when it is one that cannot be used at all. */
  reachRedis(): Promise<void>;
  /** Starts taking jobs. */
  start(handlers: StudioHandlers): Promise<void>;
  /** What is wrong with Redis; `null` while it answers and takes writes. */
  redisOutage(): RedisOutage | null;
  /** Whether it is of use to ask Redis for something now. */
  isConnected(): boolean;
  activeJobs(): { skus: number; calls: number };
  /**
   * Takes no more jobs; lets the active ones end within `timeoutMs`, then aborts them and hands them back. Without Redis it
   * ends soon, and leaves its connections to the end of the process.
   */
  close(timeoutMs: number): Promise<void>;
}

/** One worker process's side of the queues, one port for each concern; made by `createStudioWorker`. The controls of calls are those of the default pool. */
export interface StudioWorker extends JobRunner, PoolControl, Housekeeping {
  /** The controls of another pool's calls; of one that this process does not serve: the default pool's. */
  pool(name: string): PoolControl;
  ledger: CallLedger;
  manifests: ManifestDuty;
  sources: SourceDigests;
  audits: AuditWork;
  remarks: RemarkWork;
  /** Forgets audits that ended more than so many days ago; returns them with places of pictures that may have small ones. */
  expireAudits(days: number): Promise<{ id: string; examples: number[] }[]>;
}
