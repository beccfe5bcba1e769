import { createStudioWorker, type StudioWorker } from '@image-studio/queue';
import {
  createMetrics,
  type Lifecycle,
  type Logger,
  startOpsServer,
  type WorkerConfig,
} from '@image-studio/runtime';
import { createObjectStore } from '@image-studio/storage';
import { createCallProcessor } from './ai/run-call.ts';
import { watchModel } from './ai/watch-model.ts';
import { createImageModel } from './model/create-image-model.ts';
import { createObserver } from './observe.ts';
import type { PictureWork } from './pictures/picture-work.ts';
import { createDownloader } from './pipeline/download.ts';
import { createSkuProcessor } from './sku/process-sku.ts';

/** Photos go to the model with at most this many pixels on the long side: more costs bytes, not tokens. */
const MAX_INPUT_SIDE = 2048;
/** Of the shutdown time, what is kept for closing what the jobs used. */
const CLOSE_RESERVE_MS = 2000;

/** The worker process: opens everything, wires it, takes jobs. Everything it opens is registered with `lifecycle`. */
export async function serveWorker(
  config: WorkerConfig,
  options: { log: Logger; lifecycle: Lifecycle; version: string; pictures: PictureWork },
): Promise<{ opsUrl: string }> {
  const { log, lifecycle, version, pictures } = options;
  const { source, quota } = config;
  lifecycle.own('picture work', () => pictures.close());
  const metrics = createMetrics({ fleet: false });
  const observer = createObserver(log, metrics);

  const store = createObjectStore(
    config.store.kind === 'file' ? { ...config.store, publicUrl: 'http://files.invalid' } : config.store,
  );
  lifecycle.own('object store', () => store.close());
  const model = createImageModel(config.model, pictures);
  lifecycle.own('image model', () => model.close());
  const downloader = createDownloader(source);
  lifecycle.own('downloader', () => downloader.close());
  if (source.allowPrivate) log.warn({}, 'ALLOW_PRIVATE_SOURCES is on: downloads reach private addresses');

  const studio = createStudioWorker({
    redisUrl: config.redisUrl,
    prefix: config.queuePrefix,
    version,
    quota,
    callTimeoutMs: config.aiTimeoutMs,
    skuConcurrency: config.skuConcurrency,
    aiConcurrency: config.aiConcurrency,
    jobLockMs: config.jobLockMs,
    retryBaseMs: config.aiRetryBaseMs,
    log,
  });
  lifecycle.own('queues', () => studio.close(config.shutdownTimeoutMs - CLOSE_RESERVE_MS));

  const ops = await startOpsServer({
    port: config.opsPort,
    host: config.host,
    registry: metrics.registry,
    ready: () => checkReady(studio, store),
  });
  lifecycle.own('ops server', () => ops.close());
  const gauge = setInterval(() => metrics.activeJobs.set(countActive(studio)), 1000);
  lifecycle.own('gauge', () => clearInterval(gauge));

  await studio.start({
    sku: createSkuProcessor({
      ledger: studio.ledger,
      sources: studio.sources,
      store,
      model,
      downloader,
      pictures,
      observer,
      limits: { maxPixels: source.maxPixels, maxSide: MAX_INPUT_SIDE },
    }),
    call: createCallProcessor({ model, store, studio, timeoutMs: config.aiTimeoutMs, observer }),
  });
  lifecycle.own('model watch', watchModel(model, studio, log));
  return { opsUrl: ops.url };
}

async function checkReady(studio: StudioWorker, store: { check(): Promise<void> }): Promise<void> {
  if (!studio.isConnected()) throw new Error('Redis is not reachable');
  await store.check();
}

function countActive(studio: StudioWorker): number {
  const { skus, calls } = studio.activeJobs();
  return skus + calls;
}
