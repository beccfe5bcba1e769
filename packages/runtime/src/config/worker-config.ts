import { z } from 'zod';
import { availableCpus } from '../available-cpus.ts';
import { EconomySlice } from './economy-slice.ts';
import { type ModelConfig, modelSlice } from './model-slice.ts';
import { type ProcessConfig, ProcessSlice } from './process-slice.ts';
import { type QuotaConfig, quotaSlice } from './quota-slice.ts';
import { type Environment, readEnvironment } from './read-environment.ts';
import { RetentionSlice } from './retention-slice.ts';
import { type SourceConfig, SourceSlice } from './source-slice.ts';
import { DataDirSlice, type StoreConfig, storeSlice } from './store-slice.ts';
import { catalogueSlice, type ModelCatalogue, ofDefault } from './studio-models.ts';
import { type TracingConfig, TracingSlice } from './tracing-slice.ts';
import { KeepUploadsSlice } from './upload-slice.ts';
import { MAX_TIMER_MS, variable } from './variable.ts';
import { type WebhookConfig, WebhookSlice } from './webhook-slice.ts';

/** Configuration of a worker process; frozen, all units in the names. */
export interface WorkerConfig extends ProcessConfig {
  /** 0: any free port. */
  opsPort: number;
  dataDir: string;
  store: StoreConfig;
  /** The model `default`. */
  model: ModelConfig;
  /** Every model, `default` among them. */
  catalogue: ModelCatalogue;
  /** AI calls on the wire at once. */
  aiConcurrency: number;
  /** SKUs being downloaded, prepared or finished at once. */
  skuConcurrency: number;
  /** Pictures that are worked on at once, each in a process of its own. */
  pictureThreads: number;
  /** Of one AI call. */
  aiTimeoutMs: number;
  /** Ceiling of the first pause after a fault of the model; it doubles with each, up to a minute. */
  aiRetryBaseMs: number;
  /** How long a model has to be down, or without a worker, until the next one of a batch makes its pictures. */
  fallbackAfterMs: number;
  /** Of the model `default`. */
  quota: QuotaConfig;
  /** Days after its end when a batch is forgotten; 0: never. */
  retentionDays: number;
  /** How long an hour of the economy lane lasts; shorter than one for tests only. */
  economyHourMs: number;
  /** Days after its last upload when a photo is deleted; 0: never. */
  keepUploadsDays: number;
  source: SourceConfig;
  webhooks: WebhookConfig;
  tracing: TracingConfig;
}

/**
 * Reads what a worker uses; throws one `ConfigError` that names every wrong variable. `providers`: those that it has adapters
 * for; default: any name is taken.
 */
export function readWorkerConfig(env: Environment, providers?: readonly string[]): Readonly<WorkerConfig> {
  const { process, work, ...rest } = readEnvironment(env, {
    process: ProcessSlice,
    work: WorkSlice,
    dataDir: DataDirSlice,
    store: storeSlice(env),
    model: modelSlice(env),
    catalogue: catalogueSlice(env, { keys: true, providers }),
    quota: quotaSlice(env),
    retentionDays: RetentionSlice,
    economyHourMs: EconomySlice,
    keepUploadsDays: KeepUploadsSlice,
    source: SourceSlice,
    webhooks: WebhookSlice,
    tracing: TracingSlice,
  });
  return Object.freeze({ ...process, ...work, ...rest, ...ofDefault(rest.catalogue) });
}

/** A worker mostly waits for suppliers and stores, so it takes more SKUs than it has cores. */
const SKUS_PER_CORE = 4;

/** What a worker needs after its last call was answered: the picture is stored and booked, and jobs are handed back. */
const AFTER_LAST_CALL_MS = 20_000;

const WorkSlice = z
  .object({
    OPS_PORT: variable.port(9464),
    AI_CONCURRENCY: variable.integer(32, { min: 1, max: 1000 }),
    SKU_CONCURRENCY: variable.optionalInteger({ min: 1, max: 1000 }),
    PICTURE_THREADS: variable.optionalInteger({ min: 1, max: 256 }),
    AI_TIMEOUT_MS: variable.milliseconds(180_000),
    FALLBACK_AFTER_MS: variable.milliseconds(60_000),
    AI_RETRY_BASE_MS: variable.milliseconds(2000),
    SHUTDOWN_TIMEOUT_MS: variable.optionalInteger({ min: 1, max: MAX_TIMER_MS }),
  })
  .transform(({ PICTURE_THREADS = availableCpus(), ...env }) => ({
    opsPort: env.OPS_PORT,
    aiConcurrency: env.AI_CONCURRENCY,
    skuConcurrency: env.SKU_CONCURRENCY ?? SKUS_PER_CORE * PICTURE_THREADS,
    pictureThreads: PICTURE_THREADS,
    aiTimeoutMs: env.AI_TIMEOUT_MS,
    fallbackAfterMs: env.FALLBACK_AFTER_MS,
    aiRetryBaseMs: env.AI_RETRY_BASE_MS,
    // A call that is left before its answer is billed, and made again: a stop waits for the longest one.
    shutdownTimeoutMs:
      env.SHUTDOWN_TIMEOUT_MS ?? Math.min(MAX_TIMER_MS, env.AI_TIMEOUT_MS + AFTER_LAST_CALL_MS),
  }));
