import { DelayedError, type Job, type WorkerOptions } from 'bullmq';
import type { Redis } from './connect.ts';
import type { Keys } from './keys.ts';
import type { QuotaConfig } from './quota.ts';

/** What both workers share. */
export interface WorkerDeps {
  redis: Redis;
  keys: Keys;
  prefix: string;
  workerId: string;
  jobLockMs: number;
  skuConcurrency: number;
  aiConcurrency: number;
  quota: Omit<QuotaConfig, 'model'>;
  /** First pause after a transient fault of the model; it doubles, with full jitter, up to 60 s. */
  retryBaseMs: number;
  isClosing(): boolean;
  /** This process takes no new work just now; a job that slipped through goes back. */
  isHeld(): boolean;
  /** Registers an active job so that an abort finds it; returns the way to unregister. */
  track(data: { batchId: string; run: number }, kind: 'sku' | 'ai', jobId: string): () => void;
  /** Work that nobody waits for, until the process ends. */
  background(work: () => Promise<void>): void;
}

/** A job that stalls this often has killed every worker that touched it: three starts in all. */
const MAX_STALLED = 2;

export function workerOptions(deps: WorkerDeps): WorkerOptions {
  return {
    connection: deps.redis,
    prefix: deps.prefix,
    name: deps.workerId,
    lockDuration: deps.jobLockMs,
    stalledInterval: Math.round(deps.jobLockMs / 3),
    maxStalledCount: MAX_STALLED,
    drainDelay: 2,
  };
}

/** A job given back is looked at again after this long, by whoever is there then. */
const HAND_BACK_MS = 1000;

/** Returns a job to the queue as it was: this process is closing, or does not understand its payload. */
export async function handBack(job: Job, token: string | undefined): Promise<never> {
  await job.moveToDelayed(Date.now() + HAND_BACK_MS, token);
  throw new DelayedError();
}
