import type { Stage } from '@image-studio/contract';
import type { WorkerOptions } from 'bullmq';
import type { Database } from '../redis/database.ts';
import { bullmqTelemetry } from '../tracing/bullmq-telemetry.ts';
import { MAX_CRASHES } from './crashed-jobs.ts';

/** What both workers share. */
export interface WorkerDeps extends Database {
  prefix: string;
  workerId: string;
  jobLockMs: number;
  skuConcurrency: number;
  aiConcurrency: number;
  /** First pause after a transient fault of the model; it doubles, with full jitter, up to 60 s. */
  retryBaseMs: number;
  isClosing(): boolean;
  /** This process takes no new work just now; a job that slipped through goes back. */
  isHeld(): boolean;
  /** Registers an active job with the token of its lock, so that an abort finds it; returns the way to unregister. */
  track(
    data: { batchId: string; run: number; callKey?: string; pool?: string | undefined },
    kind: 'sku' | 'ai',
    jobId: string,
    token: string | undefined,
  ): () => void;
  /** Notes what an active SKU job is doing, for the fleet's page. */
  atStage(jobId: string, stage: Stage): void;
  /** Jobs came or went: the queues are to be filled and ordered. */
  wake(): void;
  /** Work that nobody waits for, until the process ends. */
  background(work: () => Promise<void>): void;
}

/** After an error of Redis that is not a lost connection, e.g. while it loads its data; BullMQ's own 15 s are long. */
const RUN_RETRY_MS = 1000;
export function workerOptions(deps: WorkerDeps): WorkerOptions {
  return {
    connection: deps.redis,
    prefix: deps.prefix,
    telemetry: bullmqTelemetry,
    name: deps.workerId,
    lockDuration: deps.jobLockMs,
    stalledInterval: Math.round(deps.jobLockMs / 3),
    maxStalledCount: MAX_CRASHES,
    runRetryDelay: RUN_RETRY_MS,
    drainDelay: 2,
  };
}
