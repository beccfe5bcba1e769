import { WebhookJobData } from '@image-studio/contract';
import { type Job, type Queue, UnrecoverableError, Worker } from 'bullmq';
import type { BatchState } from '../batch-store/batch-state.ts';
import { readBatch } from '../batch-store/read-batch.ts';
import { handBack } from '../jobs/hand-back.ts';
import { promoteJob } from '../jobs/promote-job.ts';
import { WEBHOOK_QUEUE } from '../jobs/queues.ts';
import { type WorkerDeps, workerOptions } from '../jobs/worker-options.ts';
import type { Database } from '../redis/database.ts';
import { redisNow } from '../redis/redis-now.ts';
import { defineScript } from '../redis/script.ts';
import { type MessageRef, messageId } from './message-id.ts';
import {
  type DeliveryState,
  type Message,
  readMessage,
  type StoredMessage,
  writeState,
} from './message-store.ts';
import { createTenantLimiter } from './tenant-limiter.ts';
import { webhookWaitMs } from './webhook-backoff.ts';
import { readWebhookSalts } from './webhook-salts.ts';

/** Sockets, not CPU: a receiver that hangs holds one for 15 s, and must not make the others wait. */
const CONCURRENCY = 50;
/** Delivering kills nobody, so a message whose workers died is tried for as long as it takes. */
const MAX_STALLED = 1000;

/** One attempt at one message. */
export interface WebhookJob {
  /** The header `webhook-id`. */
  id: string;
  event: Message['event'];
  /** When it happened, ISO 8601. */
  at: string;
  url: string;
  tenant: string;
  /** What the tenant's own secrets are derived with, newest first; none when it has made none. */
  salts: string[];
  /** As it was then; `null` for a test. */
  batch: BatchState | null;
  /** Where the API is reached; `null` when none has started yet. */
  publicUrl: string | null;
  /** Fires on shutdown. */
  signal: AbortSignal;
}

/** How an attempt ended. `refused`: the address is not allowed; trying again changes nothing. */
export interface WebhookOutcome {
  result: 'delivered' | 'retry' | 'gone' | 'refused';
  statusCode: number | null;
  /** A sentence; `null` when delivered. */
  error: string | null;
  ms: number;
  retryAfterMs?: number;
}

export type WebhookHandler = (job: WebhookJob) => Promise<WebhookOutcome>;

/**
 * Starts a BullMQ worker on the `webhook` queue. BullMQ keeps the time of the next attempt, the batch the outcome. A
 * message beyond its tenant's share of the places goes back unspent; it is fetched again when there is one.
 */
export function startWebhookWorker(
  deps: WorkerDeps,
  queue: Queue<WebhookJobData>,
  handle: WebhookHandler,
): Worker<WebhookJobData> {
  const limiter = createTenantLimiter(CONCURRENCY);
  return new Worker<WebhookJobData>(
    WEBHOOK_QUEUE,
    async (job, token, signal) => {
      const data = WebhookJobData.safeParse(job.data);
      if (!data.success) return handBack(job, token);
      const stored = await readMessage(deps, data.data);
      if (!stored || stored.round !== data.data.round || stored.state.status !== 'pending') return;
      const tenant = tenantOf(stored.message);
      const jobId = job.id ?? '';
      if (!limiter.take(tenant, jobId)) return handBack(job, token, parkedMs(limiter.waiting(tenant)));
      try {
        await attempt(deps, job, data.data, stored, signal ?? new AbortController().signal, handle);
      } catch (error) {
        if (signal?.aborted && deps.isClosing()) return handBack(job, token);
        throw error;
      } finally {
        const next = limiter.give(tenant);
        if (next !== null) deps.background(async () => void (await promoteJob(queue, next)));
      }
    },
    {
      ...workerOptions(deps),
      concurrency: CONCURRENCY,
      maxStalledCount: MAX_STALLED,
      settings: {
        backoffStrategy: (_attemptsMade, _type, error) =>
          error instanceof TryLater ? error.waitMs : OWN_FAULT_MS,
      },
    },
  );
}

/**
 * A message that waits for a place is promoted when there is one. This is for when nobody is left to do that: later for
 * the later ones, so that thousands do not come back at once and in vain.
 */
const PARKED_MS = 5000;
const PARKED_EACH_MS = 500;
const LONGEST_PARKED_MS = 600_000;
const parkedMs = (waiting: number) => Math.min(PARKED_MS + waiting * PARKED_EACH_MS, LONGEST_PARKED_MS);

/** Redis faltered while an attempt was written down; the message is sent again, under the same id. */
const OWN_FAULT_MS = 5000;

class TryLater extends Error {
  override readonly name = 'TryLater';
  readonly waitMs: number;
  constructor(message: string, waitMs: number) {
    super(message);
    this.waitMs = waitMs;
  }
}

async function attempt(
  deps: WorkerDeps,
  job: Job<WebhookJobData>,
  { owner, number, round }: WebhookJobData,
  { message, state }: StoredMessage,
  signal: AbortSignal,
  handle: WebhookHandler,
): Promise<void> {
  const { redis, keys } = deps;
  const ref = { owner, number, round };
  const batchKey = keys.batch(owner);
  if (round === 1 && (await redis.hget(batchKey, 'webhooksOff')) === '1') {
    return writeState(deps, ref, { ...state, status: 'gone', lastError: OFF, nextAt: null });
  }
  const startedAt = await redisNow(deps.redis);
  const tenant = tenantOf(message);
  const outcome = await handle({
    id: messageId(ref),
    event: message.event,
    at: new Date(message.at).toISOString(),
    url: message.url,
    tenant,
    salts: (await readWebhookSalts(deps, tenant)).map(({ salt }) => salt),
    batch: batchOf(message),
    publicUrl: await redis.get(keys.publicUrl),
    signal,
  });
  const tried: DeliveryState = {
    ...state,
    attempts: state.attempts + 1,
    lastStatusCode: outcome.statusCode,
    lastError: outcome.error,
    lastAttemptAt: startedAt,
    lastMs: Math.round(outcome.ms),
    nextAt: null,
  };
  await conclude(deps, job, ref, tried, outcome);
}

const OFF = 'the receiver answered 410 to another message of this batch';

async function conclude(
  deps: WorkerDeps,
  job: Job<WebhookJobData>,
  ref: MessageRef & { round: number },
  tried: DeliveryState,
  outcome: WebhookOutcome,
): Promise<void> {
  const write = (change: Partial<DeliveryState>) => writeState(deps, ref, { ...tried, ...change });
  const error = outcome.error ?? '';
  switch (outcome.result) {
    case 'delivered':
      // A resend that gets through after a 410 turns the batch's webhooks on again.
      await switchWebhooks(deps, ref.owner, 'on');
      return write({ status: 'delivered', deliveredAt: await redisNow(deps.redis) });
    case 'gone':
      await switchWebhooks(deps, ref.owner, 'off');
      await write({ status: 'gone' });
      throw new UnrecoverableError(error);
    case 'refused':
      await write({ status: 'failed' });
      throw new UnrecoverableError(error);
    case 'retry': {
      const isLast = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
      // Between two hosts' clocks: minutes do not matter in a day.
      const elapsedMs = Date.now() - job.timestamp;
      const waitMs = isLast ? null : webhookWaitMs(job.attemptsMade + 1, elapsedMs, outcome.retryAfterMs);
      if (waitMs === null) {
        await write({ status: 'failed' });
        throw new UnrecoverableError(error);
      }
      await write({ nextAt: (await redisNow(deps.redis)) + waitMs });
      throw new TryLater(error, waitMs);
    }
  }
}

async function switchWebhooks(db: Database, owner: string, to: 'on' | 'off'): Promise<void> {
  const { redis, keys } = db;
  await switchWebhooksScript(redis, [keys.batch(owner)], [to]);
}

/** KEYS: batch, which may be gone. ARGV: `on` or `off`. */
const switchWebhooksScript = defineScript(/* lua */ `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if ARGV[1] == 'on' then return redis.call('HDEL', KEYS[1], 'webhooksOff') end
return redis.call('HSET', KEYS[1], 'webhooksOff', '1')
`);

/** Tests of earlier versions name no tenant. */
function tenantOf({ tenant, batch }: Message): string {
  return tenant ?? batch?.tenant ?? 'default';
}

/** The message keeps what the event was about, not the batch's options. */
function batchOf({ batch }: Message): BatchState | null {
  return batch === undefined ? null : readBatch({ ...batch, options: '{}' });
}
