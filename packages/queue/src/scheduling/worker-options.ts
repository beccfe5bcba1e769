import type { Stage } from '@image-studio/contract';
import { DelayedError, type Job, type WorkerOptions } from 'bullmq';
import type { Keys } from '../batch-store/keys.ts';
import type { QuotaConfig } from '../quota/quota.ts';
import type { Redis } from '../redis/connect.ts';

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
  /** Registers an active job with the token of its lock, so that an abort finds it; returns the way to unregister. */
  track(
    data: { batchId: string; run: number; callKey?: string },
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

/**
 * BullMQ counts every stall of a job's life, also those that a neighbour or an outage of Redis brought about, and gives
 * up without asking. `watch-start.ts` counts what counts, so this must never be reached.
 */
const MAX_STALLED = 1_000_000;
/** After an error of Redis that is not a lost connection, e.g. while it loads its data; BullMQ's own 15 s are long. */
const RUN_RETRY_MS = 1000;
export function workerOptions(deps: WorkerDeps): WorkerOptions {
  return {
    connection: deps.redis,
    prefix: deps.prefix,
    name: deps.workerId,
    lockDuration: deps.jobLockMs,
    stalledInterval: Math.round(deps.jobLockMs / 3),
    maxStalledCount: MAX_STALLED,
    runRetryDelay: RUN_RETRY_MS,
    drainDelay: 2,
  };
}

/**
 * Whether nothing but the id of a job is left: Redis evicted the rest. BullMQ starts it all the same. It is to end, so that
 * nobody waits for it: its SKU gets another job, and its claim is free.
 */
export function isRemains(job: Job): boolean {
  return Object.keys(job.data as object).length === 0;
}

/** A job given back is looked at again after this long, by whoever is there then. */
const HAND_BACK_MS = 1000;
/** A job that nobody understands yet is looked at ever more seldom, at last this often. */
const LONGEST_HAND_BACK_MS = 30_000;

/** Gives a job back that this process will not do, e.g. because it is closing. Spends no attempt. */
export async function handBack(job: Job, token: string | undefined, ms = HAND_BACK_MS): Promise<never> {
  await job.moveToDelayed(Date.now() + ms, token);
  throw new DelayedError();
}

/**
 * Gives a job back that another version of this program wrote and that this one does not understand. Thousands of them
 * may lie there for as long as a deployment takes, so they come back ever more seldom.
 */
export async function handBackUnknown(job: Job, token: string | undefined): Promise<never> {
  const ms = HAND_BACK_MS * 2 ** Math.min(10, Math.max(0, job.attemptsStarted - 1));
  return handBack(job, token, Math.min(ms, LONGEST_HAND_BACK_MS));
}
