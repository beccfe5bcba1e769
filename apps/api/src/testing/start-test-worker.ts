import { once } from 'node:events';
import type { ImageRecord, SkuRecord } from '@image-studio/contract';
import { createStudioWorker, type PoolControl, type SkuJob, type SkuOutcome } from '@image-studio/queue';
import type { ApiConfig } from '@image-studio/runtime';
import { listingImageKey } from '@image-studio/storage';

export interface TestWorker extends Pick<PoolControl, 'warnOperator' | 'clearWarning' | 'noteBatchOffer'> {
  /** Lets SKUs whose code starts with `hold` go on. */
  release(): void;
  close(): Promise<void>;
}

/**
 * Stands in for the worker app, on the real queues: SKUs called `bad…` fail, `hold…` wait for `release`, all others get
 * a record of one picture, `a_1.webp`. Webhooks to addresses with `down` in them get a 500, others arrive.
 */
export async function startTestWorker(config: ApiConfig): Promise<TestWorker> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const quiet = { info() {}, warn() {} };
  const worker = createStudioWorker({
    redisUrl: config.redisUrl,
    prefix: config.queuePrefix,
    version: 'test',
    quota: { callsPerMinute: 600 },
    callTimeoutMs: 10_000,
    skuConcurrency: 4,
    aiConcurrency: 1,
    jobLockMs: config.jobLockMs,
    log: quiet,
  });
  await worker.start({
    sku: (job) => work(job, released),
    call: async () => ({ next: 'drop' }),
    webhook: async ({ url }) =>
      url.includes('down')
        ? { result: 'retry', statusCode: 500, error: 'shop.test answered 500', ms: 1 }
        : { result: 'delivered', statusCode: 204, error: null, ms: 1 },
  });
  const { warnOperator, clearWarning, noteBatchOffer } = worker;
  return { release, warnOperator, clearWarning, noteBatchOffer, close: () => worker.close(2000) };
}

async function work(job: SkuJob, released: Promise<void>): Promise<SkuOutcome> {
  const begun = await job.begin();
  if (begun === null) return { next: 'drop' };
  const { sku, images } = begun.input;
  const record: SkuRecord = { stage: 'upload', attempts: job.attempt, timeline: [], images: [] };
  if (sku.startsWith('hold')) await Promise.race([released, once(job.signal, 'abort')]);
  if (job.signal.aborted) return { next: 'drop' };
  if (sku.startsWith('bad')) {
    const failure = {
      code: 'SOURCE_NOT_FOUND',
      message: 'the photo is gone (404)',
      stage: 'download',
      retryable: false,
    } as const;
    await job.finish('failed', { ...record, stage: 'download', failure });
    return { next: 'fail', failure };
  }
  await job.finish('completed', { ...record, images: [picture(sku, images[0]?.url ?? '')] });
  return { next: 'done' };
}

function picture(sku: string, sourceUrl: string): ImageRecord {
  return {
    role: 'main',
    kind: 'main',
    sourceUrl,
    key: listingImageKey({ sku, stem: 'a', suffix: '1', format: 'webp' }),
    sourceKey: 'inputs/0a.jpg',
    callKey: '0a',
    width: 1600,
    height: 1600,
    bytes: 1234,
    format: 'webp',
    checks: [],
    reused: false,
    costUsd: 0.04,
    model: 'local',
    prompt: 'on white',
  };
}
