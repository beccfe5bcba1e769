import { DEFAULT_POOL } from '@image-studio/contract';
import { createAudits } from './audits/audit-store.ts';
import { createBatchStore } from './batch-store/batch-store.ts';
import { createPaidCalls } from './calls/paid-calls.ts';
import { createBatchCommands } from './commands/batch-commands.ts';
import { asRecorded, recordBatch } from './commands/submit-batch.ts';
import { createFeedLinks } from './feeds/create-feed-links.ts';
import { createFleetView } from './fleet/fleet-view.ts';
import { type QueueEventsReader, readQueueEvents } from './fleet/queue-events.ts';
import { type OpenQueues, openCallPools, type PoolConfig } from './jobs/call-pools.ts';
import { CHORE_QUEUE, openQueue, SKU_QUEUE, WEBHOOK_QUEUE } from './jobs/queues.ts';
import type { QuotaConfig } from './quota/quota.ts';
import { createQuotaControl } from './quota/quota-control.ts';
import { createPaceReader } from './quota/read-pace.ts';
import { connectFailFast, disconnect, type Redis } from './redis/connect.ts';
import { keysOf } from './redis/keys.ts';
import { createRedisGate, type RedisGate } from './redis/redis-gate.ts';
import { goWithoutInfo, type RedisServer } from './redis/redis-options.ts';
import { RedisUnavailable } from './redis/redis-unavailable.ts';
import { UnsupportedRedis } from './redis/unsupported-redis.ts';
import { createRedisWatch, REDIS_LOOK_MS } from './redis/watch-redis.ts';
import { createRemarks } from './remarks/remarks.ts';
import { createScheduler } from './scheduling/scheduler.ts';
import type { StudioApi } from './studio-api.ts';
import { createUploads } from './uploads/create-uploads.ts';
import { createWebhookMessages } from './webhooks/webhook-messages.ts';

export interface StudioApiConfig extends RedisServer {
  prefix: string;
  /** Of the default pool. */
  quota: QuotaConfig;
  /** Further pools of calls. */
  pools?: readonly (PoolConfig & { model: string })[];
  /** Where clients reach the API; webhooks link to it. */
  publicUrl?: string;
  /** Days after its end when a batch is forgotten, to be told; the workers do it. 0, the default: never. */
  retentionDays?: number;
  /** How often the settings of Redis are looked at. Default: every minute. */
  redisLookMs?: number;
  /** Told when Redis is one that cannot be used at all; nothing will ever work then. */
  onUnsupported?: (error: UnsupportedRedis) => void;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/** Whole answers, many commands long, are given up after this long: a client gets its 503 within 3 s. */
const ANSWER_TIMEOUT_MS = 2900;
/** SKUs that come bit by bit are as slow as where they come from; each command still has its own 2 s. */
const STREAM_TIMEOUT_MS = 60_000;
const SCHEDULER_INTERVAL_MS = 5000;

/** Opens the API's side of the queues. Starts without Redis; every method says `RedisUnavailable` until it is there. */
export function createStudioApi(config: StudioApiConfig): StudioApi {
  const keys = keysOf(config.prefix);
  const retentionDays = config.retentionDays ?? 0;
  const redis = connectFailFast(config);
  const gate = createRedisGate({ redis, key: keys.writeProbe, log: config.log });
  const db = { redis, keys };
  const poolConfigs = [
    { name: DEFAULT_POOL, model: config.quota.model, quota: config.quota },
    ...(config.pools ?? []),
  ];
  const readPace = createPaceReader(db, poolConfigs);
  const running = new Set<Promise<void>>();
  const listeners = new Set<(batchId: string) => void>();
  let queueEvents: QueueEventsReader | undefined;
  let queues: OpenQueues | undefined;
  let isClosing = false;
  const watch = createRedisWatch(redis, { everyMs: config.redisLookMs ?? REDIS_LOOK_MS, log: config.log });

  // A Queue that is made while Redis is away hangs for good, so they are made on the first contact.
  const open = async (): Promise<void> => {
    await watch.look();
    if (isClosing) return;
    if (!watch.tells()) goWithoutInfo(redis);
    queues ??= {
      sku: openQueue(SKU_QUEUE, redis, config.prefix),
      pools: openCallPools(db, poolConfigs, (name) => openQueue(name, redis, config.prefix)),
      webhook: openQueue(WEBHOOK_QUEUE, redis, config.prefix),
      chore: openQueue(CHORE_QUEUE, redis, config.prefix),
    };
    const tellListeners = (batchId: string) => {
      for (const listener of listeners) listener(batchId);
    };
    const queueNames = [SKU_QUEUE, ...poolConfigs.map(({ name }) => keys.pool(name).aiQueue)];
    queueEvents ??= readQueueEvents(config, config.prefix, queueNames, tellListeners, !watch.tells(), gate);
    if (config.publicUrl !== undefined) await redis.set(keys.publicUrl, config.publicUrl);
  };
  const openOrRefuse = () =>
    open().catch((error: unknown) => {
      if (!(error instanceof UnsupportedRedis)) throw error;
      isClosing = true;
      config.onUnsupported?.(error);
    });
  redis.on('ready', () => background(openOrRefuse));
  gate.onReopen(() => background(openOrRefuse));

  const background = (work: () => Promise<void>): void => {
    const promise = work().catch((error: unknown) => {
      // Nothing is lost: the scheduler finds the rest at its next run. The gate has told of an outage.
      if (gate.note(error) === null) config.log.warn({ err: error }, 'background work stopped half-way');
    });
    running.add(promise);
    void promise.finally(() => running.delete(promise));
  };

  const opened = (): OpenQueues => {
    if (!queues) throw new RedisUnavailable('Redis is not reachable');
    return queues;
  };
  const deps = () => {
    const { sku, pools, webhook } = opened();
    return {
      redis,
      keys,
      skuQueue: sku,
      pools,
      webhookQueue: webhook,
      background,
      wake: scheduler.soon,
    };
  };

  const scheduler = createScheduler(deps);
  const wakeScheduler = setInterval(() => {
    if (redis.status !== 'ready' || gate.isShut() || isClosing) return;
    if (queues) scheduler.soon();
    else background(openOrRefuse);
  }, SCHEDULER_INTERVAL_MS);

  const answer = <T>(work: () => Promise<T>): Promise<T> => answerInTime(redis, gate, work);

  const store = createBatchStore(db, { readPace, retentionDays, within: answer });
  return {
    ...inTime(store, answer),
    everySku: store.everySku,
    ...inTime(createBatchCommands(deps), answer),
    ...inTime(createPaidCalls(db), answer),
    ...inTime(createQuotaControl(db, poolConfigs, readPace), answer),
    ...inTime(createWebhookMessages(db, deps), answer),
    ...inTime(createFleetView(db, opened), answer),
    ...inTime(createUploads(db), answer),
    ...inTime(createFeedLinks(db), answer),
    ...inTime(createAudits(db, retentionDays), answer),
    ...inTime(createRemarks(db), answer),
    async submit(submission) {
      const withinMs = Array.isArray(submission.skus) ? ANSWER_TIMEOUT_MS : STREAM_TIMEOUT_MS;
      const { id, created } = await answerInTime(redis, gate, () => recordBatch(db, submission), withinMs);
      if (created) scheduler.soon();
      const found = await answer(() => store.batch(id)).catch((error: unknown) => {
        // Recorded is accepted: a 503 now would make the client submit it again.
        if (created && error instanceof RedisUnavailable) return asRecorded(id, submission);
        throw error;
      });
      if (!found) throw new RedisUnavailable('the batch is gone again');
      return { batch: found, created };
    },
    onBatchChange: (listener) => void listeners.add(listener),
    redisCondition: watch.condition,
    ping: () => gate.check(),
    boardQueues: () => {
      const { sku, pools, webhook, chore } = opened();
      const [first, ...further] = pools.all().map(({ aiQueue }) => aiQueue);
      return [sku, ...(first ? [first] : []), webhook, chore, ...further];
    },
    async close() {
      isClosing = true;
      gate.close();
      clearInterval(wakeScheduler);
      watch.close();
      scheduler.close();
      await Promise.all(running);
      await queueEvents?.close();
      await queues?.sku.close();
      await queues?.pools.close();
      await queues?.webhook.close();
      await queues?.chore.close();
      await disconnect(redis);
    },
  };
}

/** The port, whose answers come in time or are refused as `RedisUnavailable`. */
function inTime<Port extends object>(port: Port, answer: <T>(work: () => Promise<T>) => Promise<T>): Port {
  const methods = Object.entries(port as Record<string, (...args: unknown[]) => Promise<unknown>>);
  return Object.fromEntries(
    methods.map(([name, method]) => [name, (...args: unknown[]) => answer(() => method(...args))]),
  ) as Port;
}

/** Runs one answer against the clock and says in one word what is wrong when Redis is. */
async function answerInTime<T>(
  redis: Redis,
  gate: RedisGate,
  work: () => Promise<T>,
  withinMs = ANSWER_TIMEOUT_MS,
): Promise<T> {
  if (redis.status !== 'ready') {
    throw new RedisUnavailable(gate.outage()?.reason ?? 'Redis is not reachable');
  }
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RedisUnavailable('Redis did not answer in time')), withinMs);
  });
  try {
    return await Promise.race([work(), timeout]);
  } catch (error) {
    const outage = gate.note(error);
    throw outage ? new RedisUnavailable(outage.reason, { cause: error }) : error;
  } finally {
    clearTimeout(timer);
  }
}
