import { createAddressGuard } from '@image-studio/address-guard';
import { DEFAULT_POOL } from '@image-studio/contract';
import type { PictureWork } from '@image-studio/imaging/pool';
import {
  createStudioWorker,
  type ParcelWork,
  STORE_MESSAGE,
  type StudioHandlers,
  type StudioWorker,
} from '@image-studio/queue';
import {
  createMetrics,
  type Lifecycle,
  type Logger,
  type Metrics,
  redisOf,
  startOpsServer,
  type WorkerConfig,
  waitBriefly,
} from '@image-studio/runtime';
import { createObjectStore } from '@image-studio/storage';
import { createParcelWork } from './call/parcel-work.ts';
import { createCallProcessor } from './call/run-call.ts';
import { watchModel } from './call/watch-model.ts';
import { createHostLimiter } from './chores/host-limiter.ts';
import { measureAudit } from './chores/measure-audit.ts';
import { remarkBatch } from './chores/remark-batch.ts';
import { measureCpuPerPicture } from './cpu-per-picture.ts';
import { deliverWebhooks } from './delivery/deliver-webhooks.ts';
import { keepManifests } from './delivery/keep-manifests.ts';
import type { Adapter } from './models/adapter.ts';
import { ADAPTERS } from './models/adapters.ts';
import { openModels } from './models/open-models.ts';
import { createObserver } from './observe.ts';
import { createSkuProcessor } from './sku/process-sku.ts';
import { createDownloader } from './sources/download.ts';
import { clearWorkingAreas } from './store/clear-working-areas.ts';
import { forgetBatches } from './store/forget-batches.ts';
import { createRetryingStore } from './store/retrying-store.ts';
import { createStoreGate, type StoreGate } from './store/store-gate.ts';

/** Of the shutdown time, what is kept for closing what the jobs used: half a second more than that takes at most. */
const CLOSE_RESERVE_MS = 3000;
/** Uploads and pixels of jobs that were handed back are nobody's any more; the end of the process ends them. */
const PATIENCE_WITH_STORE_MS = 1500;
const PATIENCE_WITH_PICTURES_MS = 1000;
/** Readiness is asked often and answered soon. */
const READY_PATIENCE_MS = 1500;

/** The worker process: opens everything, wires it, takes jobs. Everything it opens is registered with `lifecycle`. */
export async function serveWorker(
  config: WorkerConfig,
  options: {
    log: Logger;
    lifecycle: Lifecycle;
    version: string;
    pictures: PictureWork;
    /** Default: those that come with the product. */
    adapters?: Readonly<Record<string, Adapter>>;
  },
): Promise<{ opsUrl: string }> {
  const { log, lifecycle, version, pictures } = options;
  const { source, quota } = config;
  lifecycle.own('picture work', () => waitBriefly(pictures.close(), PATIENCE_WITH_PICTURES_MS));
  const metrics = createMetrics({ fleet: false });
  metrics.buildInfo.set({ version: options.version, node: process.version }, 1);
  const cost = measureCpuPerPicture(() => ownCpuSeconds() + pictures.usage().cpuSeconds);
  const observer = createObserver(log, metrics, cost);

  const objects = createObjectStore(
    config.store.kind === 'file' ? { ...config.store, publicUrl: 'http://files.invalid' } : config.store,
  );
  lifecycle.own('object store', () => waitBriefly(objects.close(), PATIENCE_WITH_STORE_MS));
  const downloader = createDownloader(source);
  lifecycle.own('downloader', () => downloader.close());
  const models = openModels(config.catalogue.models, options.adapters ?? ADAPTERS, pictures, downloader);
  lifecycle.own('image models', () => models.close());
  if (source.allowPrivate) log.warn({}, 'ALLOW_PRIVATE_SOURCES is on: downloads reach private addresses');

  const studio = createStudioWorker({
    ...redisOf(config),
    prefix: config.queuePrefix,
    version,
    quota,
    pools: models.further(),
    fallbackAfterMs: config.fallbackAfterMs,
    callTimeoutMs: Math.max(config.aiTimeoutMs, ...models.all().map(({ timeoutMs }) => timeoutMs ?? 0)),
    skuConcurrency: config.skuConcurrency,
    capacity: () => ({
      cpus: config.pictureThreads,
      aiConcurrency: config.aiConcurrency,
      cpuMsPerPicture: cost.milliseconds(),
    }),
    aiConcurrency: config.aiConcurrency,
    jobLockMs: config.jobLockMs,
    retryBaseMs: config.aiRetryBaseMs,
    economyHourMs: config.economyHourMs,
    log,
  });
  const gate = createStoreGate(objects, {
    onShut: (reason) => studio.holdWork(STORE_MESSAGE, reason),
    onOpen: () => studio.releaseWork(STORE_MESSAGE),
    log,
  });
  const store = createRetryingStore(objects, gate);
  lifecycle.own('queues', (leftMs) => studio.close(Math.max(leftMs - CLOSE_RESERVE_MS, leftMs / 2)));

  const ops = await startOpsServer({
    port: config.opsPort,
    host: config.host,
    registry: metrics.registry,
    isMetricsOff: config.metricsAccess === 'off',
    ready: () => checkReady(studio, gate),
  });
  lifecycle.own('ops server', () => ops.close());
  lifecycle.own('store gate', () => gate.close());
  const gauge = setInterval(() => {
    metrics.ownJobs.set(countActive(studio));
    metrics.storeUp.set(isStoreUp(gate) ? 1 : 0);
    metrics.redisWritable.set(studio.redisOutage() === null && studio.isConnected() ? 1 : 0);
    showPictureWork(metrics, pictures);
    cost.look(countActive(studio) > 0);
  }, 1000);
  lifecycle.own('gauge', () => clearInterval(gauge));

  await studio.reachRedis();
  // A message that a process left behind when it died; one that finds the store away raises its own.
  if (await gate.stillWorks()) await studio.releaseWork(STORE_MESSAGE);
  await studio.start({
    sku: createSkuProcessor({
      ledger: studio.ledger,
      sources: studio.sources,
      store,
      model: models.main,
      downloader,
      pictures,
      pictureThreads: config.pictureThreads,
      observer,
      limits: { maxPixels: source.maxPixels, minSide: source.minPixels },
    }),
    webhook: deliverWebhooks({
      guard: createAddressGuard(source),
      signing: config.webhooks,
      onAttempt: (result) => metrics.webhooks.inc({ result }),
    }),
    chores: {
      audit: measureAudit({
        ...{ audits: studio.audits, downloader, store, pictures },
        hosts: createHostLimiter(),
        maxBytes: source.maxBytes,
      }),
      remark: remarkBatch({ remarks: studio.remarks, store, log }),
    },
    parcels: parcelsOf(
      models.all().map(({ pool, model }) => {
        const work = createParcelWork({ model, store, gate, studio, pictures, observer });
        return { pool, work };
      }),
    ),
    call: callsOf(
      models.all().map(({ pool, model, timeoutMs = config.aiTimeoutMs }) => ({
        pool,
        call: createCallProcessor({
          model,
          store,
          studio: { ledger: studio.ledger, ...studio.pool(pool) },
          gate,
          pictures,
          timeoutMs,
          observer,
        }),
      })),
    ),
  });
  // Links that are signed would have expired when somebody reads the manifest.
  const isPublic = config.store.kind === 's3' && config.store.publicUrl !== undefined;
  const linkOf = async (key: string) => (isPublic ? objects.url(key) : null);
  const { manifests: duty, isConnected } = studio;
  lifecycle.own('manifests', keepManifests({ duty, store, gate, linkOf, isConnected, log }));
  const areas = config.store.kind === 'file' ? config.store.keepDays : { inputs: 0, answers: 0 };
  const keepDays = { ...areas, uploads: config.keepUploadsDays };
  lifecycle.own('expiry', clearWorkingAreas({ keepDays, store: objects, fleet: studio, log }));
  lifecycle.own(
    'retention',
    forgetBatches({ days: config.retentionDays, fleet: studio, store: objects, log }),
  );
  for (const { pool, model } of models.all()) {
    lifecycle.own(`model watch ${pool}`, watchModel(model, studio.pool(pool), log));
  }
  return { opsUrl: ops.url };
}

/** Each call goes to the model of its pool. A worker takes calls of no other pools. */
function callsOf(
  processors: readonly { pool: string; call: StudioHandlers['call'] }[],
): StudioHandlers['call'] {
  const byPool = new Map(processors.map(({ pool, call }) => [pool, call]));
  return async (job) => {
    const { pool = DEFAULT_POOL } = job.data;
    const call = byPool.get(pool);
    if (!call) throw new Error(`this worker has no model for the pool ${pool}`);
    return call(job);
  };
}

/** What this process does with parcels of a pool's calls; the model of a pool may have no batches. */
function parcelsOf(
  all: readonly { pool: string; work: ParcelWork | undefined }[],
): NonNullable<StudioHandlers['parcels']> {
  const byPool = new Map(all.map(({ pool, work }) => [pool, work]));
  return (pool) => byPool.get(pool);
}

async function checkReady(studio: StudioWorker, gate: StoreGate): Promise<void> {
  const outage = studio.redisOutage();
  if (outage) throw new Error(outage.reason);
  if (!studio.isConnected()) throw new Error('Redis is not reachable');
  await gate.check(READY_PATIENCE_MS);
  gate.assertOpen();
}

function isStoreUp(gate: StoreGate): boolean {
  try {
    gate.assertOpen();
    return true;
  } catch {
    return false;
  }
}

function showPictureWork(metrics: Metrics, pictures: PictureWork): void {
  const { cpuSeconds, memoryBytes, children } = pictures.usage();
  metrics.pictureCpu.reset();
  metrics.pictureCpu.inc(cpuSeconds);
  metrics.pictureMemory.set(memoryBytes);
  metrics.pictureProcesses.set(children);
}

function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function countActive(studio: StudioWorker): number {
  const { skus, calls } = studio.activeJobs();
  return skus + calls;
}
