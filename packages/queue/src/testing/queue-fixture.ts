import {
  type BatchOptions,
  type BatchPlan,
  type CallRequest,
  type ImageRecord,
  BatchOptions as Options,
  type SkuRecord,
} from '@image-studio/contract';
import { startTestRedis, type TestRedis } from '@image-studio/testkit';
import type { BatchState } from '../batch-store/batch-state.ts';
import type { CallJob, CallOutcome } from '../calls/call-job.ts';
import { createStudioApi } from '../create-studio-api.ts';
import { createStudioWorker } from '../create-studio-worker.ts';
import type { EconomyTimes } from '../economy/economy-times.ts';
import type { WorkerCapacity } from '../fleet/worker-info.ts';
import type { PoolConfig } from '../jobs/call-pools.ts';
import type { QuotaConfig } from '../quota/quota.ts';
import { connectPatient, disconnect } from '../redis/connect.ts';
import type { RedisServer } from '../redis/redis-options.ts';
import type { SkuJob, SkuOutcome } from '../skus/sku-job.ts';
import type { StudioApi } from '../studio-api.ts';
import type { StudioHandlers, StudioWorker } from '../studio-worker.ts';

/** For tests: a real Redis with one API and as many workers as asked for, all closed by `close`. */
export interface QueueFixture {
  redis: TestRedis;
  api: StudioApi;
  startWorker(handlers: Partial<StudioHandlers>, quota?: Partial<QuotaConfig>): Promise<StudioWorker>;
  submit(
    skus: string[],
    options?: Partial<BatchOptions>,
    tenant?: string,
    /** Of its calls; those behind the first are of its fallbacks. */
    ...pools: string[]
  ): Promise<BatchState>;
  /** Makes the open breaker and every pause of the fleet end now. */
  endPauses(): Promise<void>;
  close(): Promise<void>;
}

/** Dollars, of each call. */
export const PRICE = 0.05;

/** Calls of plans with this model are others. */
export const OTHER_MODEL = 'n';

const quiet = { info() {}, warn() {} };

/** Default: a Redis without any settings of its own, which everybody may use; one that is given is its giver's to stop. */
export async function startQueueFixture(
  given: {
    redis?: TestRedis;
    server?: RedisServer;
    jobLockMs?: number;
    pools?: PoolConfig[];
    economyHourMs?: number;
    economyTimes?: Partial<EconomyTimes>;
    fallbackAfterMs?: number;
    /** What its workers tell of their processors. */
    capacity?: WorkerCapacity;
  } = {},
): Promise<QueueFixture> {
  const { capacity } = given;
  const redis = given.redis ?? (await startTestRedis());
  const server = given.server ?? { redisUrl: redis.url };
  const api = createStudioApi({
    ...server,
    prefix: 'test',
    quota: { model: 'm', callsPerMinute: 6000 },
    pools: (given.pools ?? []).map((pool) => ({ ...pool, model: pool.name })),
    log: quiet,
  });
  await untilReady(api);
  const workers: StudioWorker[] = [];
  return {
    redis,
    api,
    async startWorker(handlers, quota = {}) {
      const worker = createStudioWorker({
        ...server,
        prefix: 'test',
        version: '0',
        quota: { callsPerMinute: 6000, ...quota },
        pools: given.pools ?? [],
        ...(given.fallbackAfterMs !== undefined && { fallbackAfterMs: given.fallbackAfterMs }),
        callTimeoutMs: 10_000,
        skuConcurrency: 8,
        aiConcurrency: 8,
        jobLockMs: given.jobLockMs ?? 3000,
        retryBaseMs: 20,
        ...(given.economyHourMs !== undefined && { economyHourMs: given.economyHourMs }),
        ...(given.economyTimes && { economyTimes: given.economyTimes }),
        ...(capacity && { capacity: () => capacity }),
        log: quiet,
      });
      workers.push(worker);
      await worker.start({
        ...handlers,
        sku: handlers.sku ?? skuHandler(worker),
        call: handlers.call ?? callHandler(worker),
      });
      return worker;
    },
    async submit(skus, options = {}, tenant = 'default', ...pools) {
      const { batch } = await api.submit({
        tenant,
        options: Options.parse(options),
        ...(pools.length > 0 && { plan: aPlan(pools) }),
        skus: skus.map((sku) => ({
          sku,
          images: [{ url: `http://supplier.test/${encodeURIComponent(sku)}.jpg` }],
        })),
      });
      return batch;
    },
    async endPauses() {
      const connection = connectPatient(redis.url);
      if (await connection.hexists('test:breaker', 'openUntil')) {
        await connection.hset('test:breaker', 'openUntil', 1);
      }
      await api.setQuota({ callsPerMinute: null });
      await disconnect(connection);
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close(5000)));
      await api.close();
      if (!given.redis) await redis.stop();
    },
  };
}

/** A SKU that needs one picture: asks for it, waits, ends with `record`. `callKey` decides who shares it. */
export function skuHandler(
  worker: StudioWorker,
  callKey: (sku: string) => string = keyFor,
  record: () => SkuRecord = aRecord,
) {
  return async (job: SkuJob): Promise<SkuOutcome> => {
    const begun = await job.begin();
    if (!begun) return { next: 'drop' };
    const pool = begun.plan?.pool;
    const key = begun.plan?.model === OTHER_MODEL ? `${begun.input.sku}@` : begun.input.sku;
    const call = { ...aCall(callKey(key)), ...(pool && { pool }) };
    const entry = await worker.ledger.find(call.callKey);
    if (!entry) {
      const failure = await job.callFailure(call);
      if (failure) {
        await job.finish('failed', { ...aRecord(), failure });
        return { next: 'fail', failure };
      }
      await job.note(aRecord());
      return { next: 'waitForCalls', calls: [call] };
    }
    if (entry.payer !== `${job.batchId}_${job.index}`) await job.noteReuse(call.callKey);
    await job.finish('completed', record());
    return { next: 'done' };
  };
}

/** A model that always answers: takes its slot, is counted, is remembered. */
export function callHandler(worker: StudioWorker, onCall: (job: CallJob) => void = () => {}) {
  return async (job: CallJob): Promise<CallOutcome> => {
    const { callKey, batchId, index } = job.data;
    if (await worker.ledger.find(callKey)) return { next: 'done' };
    if ((await job.quota.nextSlot()) === null) return { next: 'drop' };
    const start = await job.quota.reserve(PRICE);
    if (start.verdict !== 'go') return { next: 'drop' };
    onCall(job);
    await worker.ledger.record(callKey, { ...anEntry(`${batchId}_${index}`), request: job.request });
    await job.quota.settle({ outcome: 'ok', costUsd: PRICE, latencyMs: 1, health: 'up', counted: true });
    return { next: 'done' };
  };
}

/** 64 hex digits that stand for a call, from any text. */
export function keyFor(text: string): string {
  return Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64);
}

export function aRecord(): SkuRecord {
  return { stage: 'generate', attempts: 1, timeline: [], images: [] };
}

/** A listed main picture of one pixel that passed every check. */
export function aPicture(change: Partial<ImageRecord> = {}): ImageRecord {
  return {
    role: 'main',
    kind: 'main',
    sourceUrl: 'http://supplier.test/a.jpg',
    key: 'k',
    callKey: 'c',
    width: 1,
    height: 1,
    bytes: 1,
    format: 'webp',
    checks: [],
    reused: false,
    costUsd: PRICE,
    model: 'm',
    prompt: 'p',
    ...change,
  };
}

/** The same of a round of regenerating, from 0. */
export function aPictureOf(round: number, change: Partial<ImageRecord> = {}): ImageRecord {
  return aPicture({ slot: 'main', round, key: `k${round}`, callKey: `c${round}`, ...change });
}

export function aCall(callKey: string): CallRequest {
  return {
    role: 'main',
    kind: 'main',
    callKey,
    model: 'm',
    inputs: [],
    prompt: 'p',
    aspectRatio: '1:1',
    imageSize: '1K',
  };
}

/** A plan whose calls are of these pools, in order; of the default one, without. */
export function aPlan([pool, ...others]: readonly string[] = []): BatchPlan {
  return {
    engine: 'any',
    ...(pool !== undefined && { pool }),
    scope: '',
    model: 'm',
    aspectRatio: '1:1',
    imageSize: '1K',
    photos: { most: 1, maxBytes: 1, keepAlpha: false, maxSide: 1536 },
    words: { templates: {}, keep: '', correction: '' },
    priceUsd: { call: PRICE, photo: 0 },
    ...(others.length > 0 && {
      alias: pool,
      fallbacks: others.map((other) => ({
        alias: other,
        engine: 'any',
        pool: other,
        model: 'm',
        photos: { most: 1, maxBytes: 1 },
        priceUsd: { call: PRICE, photo: 0 },
      })),
    }),
  };
}

/** A picture that `payer` has paid for. */
export function anEntry(payer: string) {
  const usage = { promptTokens: 1, imageTokens: 1, textTokens: 0 };
  return {
    key: 'ai/x',
    mime: 'image/png',
    model: 'm',
    costUsd: PRICE,
    usage,
    payer,
    at: new Date().toISOString(),
    ms: 1,
  };
}

async function untilReady(api: StudioApi): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      await api.queueCounts();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
  throw new Error('the queues did not become ready');
}
