import { Queue } from 'bullmq';
import type { Redis } from '../redis/connect.ts';
import { bullmqTelemetry } from '../tracing/bullmq-telemetry.ts';

export const SKU_QUEUE = 'sku';
export const AI_QUEUE = 'ai';
export const WEBHOOK_QUEUE = 'webhook';
export const CHORE_QUEUE = 'chore';
/** The queues of further pools of calls are named `ai-<pool>`. */
export type QueueName =
  | typeof SKU_QUEUE
  | typeof AI_QUEUE
  | typeof WEBHOOK_QUEUE
  | typeof CHORE_QUEUE
  | `ai-${string}`;

/**
 * Events kept per queue, 130 bytes each: ten seconds of a very busy fleet. A relay that was away longer reads the truth
 * instead.
 */
const MAX_EVENTS = 2000;

/**
 * The one place that makes `Queue` objects. Every `new Queue` rewrites the length of the event stream, so two places
 * with two opinions would keep trimming each other's events.
 */
export function openQueue(name: QueueName, redis: Redis, prefix: string): Queue {
  const queue = new Queue(name, {
    connection: redis,
    prefix,
    telemetry: bullmqTelemetry,
    streams: { events: { maxLen: MAX_EVENTS } },
    defaultJobOptions:
      name === SKU_QUEUE || name === WEBHOOK_QUEUE || name === CHORE_QUEUE
        ? JOB_OPTIONS[name]
        : AI_JOB_OPTIONS,
  });
  queue.on('error', () => {}); // ioredis reconnects by itself; commands that fail reject where they were made
  return queue;
}

const DAY_SECONDS = 86_400;

/**
 * Finished jobs stay for a look at Bull Board; the batch store, not BullMQ, is what remembers a SKU. A kept call holds
 * 2.6 KB and a kept SKU 1.7 KB, twice what the batch store needs. Calls that failed stay until their SKU has read why.
 */
const KEPT = 100;

const SKU_JOB_OPTIONS = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 2000, jitter: 0.5 },
  removeOnComplete: { age: DAY_SECONDS, count: KEPT },
  removeOnFail: { age: 7 * DAY_SECONDS, count: 20_000 },
};

/** Attempts are counted for transient faults only; waiting for quota spends none. */
const AI_JOB_OPTIONS = {
  attempts: 8,
  backoff: { type: 'custom' },
  removeOnComplete: { age: DAY_SECONDS, count: KEPT },
  removeOnFail: { age: DAY_SECONDS, count: 20_000 },
};

/** The caller that adds a message says how often it is tried; the batch's record says how it ended. */
const WEBHOOK_JOB_OPTIONS = {
  backoff: { type: 'custom' },
  removeOnComplete: { age: DAY_SECONDS, count: 20_000 },
  removeOnFail: { age: 7 * DAY_SECONDS, count: 20_000 },
};

/** A part that failed for good goes at once: its chore notices that it is missing, and adds it again under the same id. */
const CHORE_JOB_OPTIONS = {
  attempts: 4,
  backoff: { type: 'exponential', delay: 2000, jitter: 0.5 },
  removeOnComplete: { age: DAY_SECONDS, count: KEPT },
  removeOnFail: true,
};

const JOB_OPTIONS = {
  [SKU_QUEUE]: SKU_JOB_OPTIONS,
  [WEBHOOK_QUEUE]: WEBHOOK_JOB_OPTIONS,
  [CHORE_QUEUE]: CHORE_JOB_OPTIONS,
};
