import type { Queue } from 'bullmq';
import { readColumns } from './batch-store/attribute-columns.ts';
import { everySku } from './batch-store/every-sku.ts';
import { keysOf } from './batch-store/keys.ts';
import { estimateCalls, listBatches, readBatches } from './batch-store/list-batches.ts';
import { readPlan } from './batch-store/read-plan.ts';
import { findSku, listChanges, listSkus, selectCodes, selectSkus } from './batch-store/read-skus.ts';
import { readSummary } from './batch-store/read-summary.ts';
import { findPaid } from './calls/find-paid.ts';
import { changeSku } from './commands/change-sku.ts';
import {
  cancelBatch,
  deleteBatch,
  pauseBatch,
  resumeBatch,
  retryBatch,
  setBudget,
} from './commands/control-batch.ts';
import { reviewSkus } from './commands/review-skus.ts';
import { asRecorded, recordBatch } from './commands/submit-batch.ts';
import { dropFeedLink, findFeedLink, keepFeedLink, readFeedLink } from './feeds/feed-links.ts';
import { listWorkers } from './fleet/fleet.ts';
import { readFleetTotals } from './fleet/fleet-totals.ts';
import { keepLinkSecret } from './fleet/link-secret.ts';
import { listOperatorMessages } from './fleet/operator-messages.ts';
import { type News, readNews } from './fleet/queue-events.ts';
import { type QuotaConfig, readQuota, readRecentCalls, writeQuota } from './quota/quota.ts';
import { createPaceReader } from './quota/read-pace.ts';
import { connectFailFast, disconnect, type Redis } from './redis/connect.ts';
import { createRedisGate, type RedisGate } from './redis/redis-gate.ts';
import { goWithoutInfo, type RedisServer } from './redis/redis-options.ts';
import { UnsupportedRedis } from './redis/unsupported-redis.ts';
import { createRedisWatch, REDIS_LOOK_MS } from './redis/watch-redis.ts';
import { countUnqueuedScript } from './scheduling/enqueue-skus.lua.ts';
import { AI_QUEUE, openQueue, type QueueName, SKU_QUEUE, WEBHOOK_QUEUE } from './scheduling/queues.ts';
import { createTurnKeeper } from './scheduling/scheduler.ts';
import { allowPhotos, sharersOf } from './skus/shared-photos.ts';
import { recallSources } from './skus/source-digests.ts';
import { RedisUnavailable, type StudioApi } from './studio-api.ts';
import { findUploads, forgetUpload, noteUpload, uploadedBytes } from './uploads/uploads.ts';
import { parseMessageId } from './webhooks/message-id.ts';
import { listMessages, readMessage, viewDelivery } from './webhooks/message-store.ts';
import { resendWebhook, sendTestWebhook } from './webhooks/send-again.ts';
import { readWebhookSalts, renewWebhookSalt } from './webhooks/webhook-salts.ts';

export interface StudioApiConfig extends RedisServer {
  prefix: string;
  quota: QuotaConfig;
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
const JANITOR_INTERVAL_MS = 5000;

const BULLMQ_STATES = [
  'wait',
  'prioritized',
  'active',
  'delayed',
  'waiting-children',
  'completed',
  'failed',
] as const;

/** Opens the API's side of the queues. Starts without Redis; every method says `RedisUnavailable` until it is there. */
export function createStudioApi(config: StudioApiConfig): StudioApi {
  const keys = keysOf(config.prefix);
  const retentionDays = config.retentionDays ?? 0;
  const redis = connectFailFast(config);
  const gate = createRedisGate({ redis, key: keys.writeProbe, log: config.log });
  const readPace = createPaceReader(redis, keys, config.quota);
  const running = new Set<Promise<void>>();
  const listeners = new Set<(batchId: string) => void>();
  let news: News | undefined;
  let queues: Record<QueueName, Queue> | undefined;
  let isClosing = false;
  const watch = createRedisWatch(redis, { everyMs: config.redisLookMs ?? REDIS_LOOK_MS, log: config.log });

  // A Queue that is made while Redis is away hangs for good, so they are made on the first contact.
  const open = async (): Promise<void> => {
    await watch.look();
    if (isClosing) return;
    if (!watch.tells()) goWithoutInfo(redis);
    queues ??= {
      sku: openQueue(SKU_QUEUE, redis, config.prefix),
      ai: openQueue(AI_QUEUE, redis, config.prefix),
      webhook: openQueue(WEBHOOK_QUEUE, redis, config.prefix),
    };
    const tellListeners = (batchId: string) => {
      for (const listener of listeners) listener(batchId);
    };
    news ??= readNews(config, config.prefix, tellListeners, !watch.tells(), gate);
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
      // Nothing is lost: the janitor finds what was left undone. The gate has told of an outage.
      if (gate.note(error) === null) config.log.warn({ err: error }, 'background work stopped half-way');
    });
    running.add(promise);
    void promise.finally(() => running.delete(promise));
  };

  const deps = () => {
    if (!queues) throw new RedisUnavailable('Redis is not reachable');
    return {
      redis,
      keys,
      skuQueue: queues.sku,
      aiQueue: queues.ai,
      webhookQueue: queues.webhook,
      quota: config.quota,
      background,
      wake: keeper.soon,
    };
  };

  const keeper = createTurnKeeper(deps);
  const janitor = setInterval(() => {
    if (redis.status !== 'ready' || gate.isShut() || isClosing) return;
    if (queues) keeper.soon();
    else background(openOrRefuse);
  }, JANITOR_INTERVAL_MS);

  const answer = <T>(work: () => Promise<T>): Promise<T> => answerInTime(redis, gate, work);
  const batch = async (id: string, tenant?: string) => {
    const [found] = await readBatches(redis, keys, [id], readPace, retentionDays);
    return found && (tenant === undefined || found.tenant === tenant) ? found : null;
  };

  return {
    async submit(submission) {
      const { id, created } = await answer(() => recordBatch(redis, keys, submission));
      if (created) keeper.soon();
      const found = await answer(() => batch(id)).catch((error: unknown) => {
        // Recorded is accepted: a 503 now would make the client submit it again.
        if (created && error instanceof RedisUnavailable) return asRecorded(id, submission);
        throw error;
      });
      if (!found) throw new RedisUnavailable('the batch is gone again');
      return { batch: found, created };
    },
    batch: (id, tenant) => answer(() => batch(id, tenant)),
    batches: (query) => answer(() => listBatches(redis, keys, query, readPace, retentionDays)),
    skus: (batchId, query) => answer(() => listSkus(redis, keys, batchId, query)),
    everySku: (batchId, filter) => everySku(redis, keys, batchId, filter, answer),
    summary: (batchId) => answer(() => readSummary(redis, keys, batchId)),
    sku: (batchId, sku) => answer(() => findSku(redis, keys, batchId, sku)),
    plan: (batchId) => answer(() => readPlan(redis, keys, batchId)),
    columns: (batchId) => answer(() => readColumns(redis, keys, batchId)),
    changes: (batchId, seq, limit, detail) =>
      answer(() => listChanges(redis, keys, batchId, seq, limit, detail)),
    seqs: (batchIds) =>
      answer(async () => {
        const values = await Promise.all(batchIds.map((id) => redis.hget(keys.batch(id), 'seq')));
        return new Map(
          batchIds.flatMap((id, at) => (values[at] == null ? [] : [[id, Number(values[at])] as const])),
        );
      }),
    recallSources: (sources) => answer(() => recallSources(redis, keys, sources)),
    noteUpload: (tenant, upload) => answer(() => noteUpload(redis, keys, tenant, upload)),
    findUploads: (tenant, digests) => answer(() => findUploads(redis, keys, tenant, digests)),
    forgetUpload: (tenant, sha256) => answer(() => forgetUpload(redis, keys, tenant, sha256)),
    uploadedBytes: (tenant) => answer(() => uploadedBytes(redis, keys, tenant)),
    findPaid: (tenant, calls) => answer(() => findPaid(redis, keys, tenant, calls)),
    estimate: (calls, pictures) => answer(() => estimateCalls(readPace, calls, pictures)),
    pause: (id) => answer(() => pauseBatch(deps(), id)),
    resume: (id) => answer(() => resumeBatch(deps(), id)),
    setBudget: (id, budgetUsd) => answer(() => setBudget(deps(), id, budgetUsd)),
    cancel: (id) => answer(() => cancelBatch(deps(), id)),
    retry: (id, filter) => answer(() => retryBatch(deps(), id, filter)),
    changeSku: (id, sku, change) => answer(() => changeSku(redis, keys, id, sku, change)),
    codes: (id, filter) => answer(() => selectCodes(redis, keys, id, filter)),
    select: (id, filter) => answer(() => selectSkus(redis, keys, id, filter)),
    sharers: (id, indices, { allow } = { allow: false }) =>
      answer(async () => {
        if (allow) await allowPhotos(redis, keys, id, indices);
        return sharersOf(redis, keys, id, indices);
      }),
    review: (id, indices, order) => answer(() => reviewSkus(deps(), id, indices, order)),
    delete: (id) => answer(() => deleteBatch(deps(), id)),
    linkSecret: () => answer(() => keepLinkSecret(redis, keys)),
    feedLink: (by) =>
      answer(() =>
        'id' in by ? readFeedLink(redis, keys, by.id) : findFeedLink(redis, keys, by.tenant, by.name),
      ),
    makeFeedLink: (tenant, name) => answer(() => keepFeedLink(redis, keys, tenant, name)),
    revokeFeedLink: (tenant, name) => answer(() => dropFeedLink(redis, keys, tenant, name)),
    webhooks: (batchId) => answer(() => listMessages(redis, keys, batchId)),
    resendWebhook: (batchId, id) =>
      answer(async () => {
        const ref = parseMessageId(id);
        return ref?.owner === batchId ? resendWebhook(deps(), ref) : null;
      }),
    testWebhook: (url, tenant) => answer(() => sendTestWebhook(deps(), url, tenant)),
    webhookSalts: (tenant) => answer(() => readWebhookSalts(redis, keys, tenant)),
    renewWebhookSalt: (tenant, options) => answer(() => renewWebhookSalt(redis, keys, tenant, options)),
    webhookTest: (id) =>
      answer(async () => {
        const ref = parseMessageId(id);
        const stored = ref?.owner.startsWith('t') ? await readMessage(redis, keys, ref) : null;
        return ref && stored && viewDelivery(ref, stored);
      }),
    onBatchNews: (listener) => void listeners.add(listener),
    queueCounts: () =>
      answer(async () => {
        deps();
        const [sku, ai, webhook, unqueued] = await Promise.all([
          queues?.sku.getJobCounts(...BULLMQ_STATES),
          queues?.ai.getJobCounts(...BULLMQ_STATES),
          queues?.webhook.getJobCounts(...BULLMQ_STATES),
          countUnqueuedScript(redis, [keys.enqueueing], [keys.batch('')]),
        ]);
        return { sku: { ...sku, unqueued: Number(unqueued) }, ai: ai ?? {}, webhook: webhook ?? {} };
      }),
    fleetTotals: () => answer(() => readFleetTotals(redis, keys)),
    workers: () => answer(() => listWorkers(redis, keys)),
    pace: () => answer(() => readRecentCalls(redis, keys)),
    quota: () => answer(() => readQuota(redis, keys, config.quota)),
    setQuota: ({ callsPerMinute }) =>
      answer(async () => {
        await writeQuota(redis, keys, callsPerMinute);
        return readQuota(redis, keys, config.quota);
      }),
    operatorMessages: () => answer(() => listOperatorMessages(redis, keys)),
    redisCondition: watch.condition,
    ping: () => gate.check(),
    boardQueues: () => {
      deps();
      return queues ? [queues.sku, queues.ai, queues.webhook] : [];
    },
    async close() {
      isClosing = true;
      gate.close();
      clearInterval(janitor);
      watch.close();
      keeper.close();
      await Promise.all(running);
      await news?.close();
      await queues?.sku.close();
      await queues?.ai.close();
      await queues?.webhook.close();
      await disconnect(redis);
    },
  };
}

/** Runs one answer against the clock and says in one word what is wrong when Redis is. */
async function answerInTime<T>(redis: Redis, gate: RedisGate, work: () => Promise<T>): Promise<T> {
  if (redis.status !== 'ready') {
    throw new RedisUnavailable(gate.outage()?.reason ?? 'Redis is not reachable');
  }
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RedisUnavailable('Redis did not answer in time')), ANSWER_TIMEOUT_MS);
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
