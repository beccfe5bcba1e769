import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchOptions, type SkuInput } from '@image-studio/contract';
import { createCpuLimiter, inlinePictureWork } from '@image-studio/imaging';
import type { PictureWork } from '@image-studio/imaging/pool';
import {
  DEFAULT_GEMINI_MODEL,
  geminiTraits,
  type PlannableModel,
  planBatch,
  planFor,
  traitsOf,
} from '@image-studio/planning';
import { type BatchState, createStudioApi, type StudioApi } from '@image-studio/queue';
import { createLogger, type Lifecycle, readWorkerConfig, type WorkerConfig } from '@image-studio/runtime';
import { eventually } from '@image-studio/testkit';
import type { GeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import type { Adapter } from '../models/adapter.ts';
import { ADAPTERS } from '../models/adapters.ts';
import { serveWorker } from '../serve-worker.ts';

/** For tests: a folder and a Redis prefix of its own, the API's side of the queues, and real workers. */
export interface WorkerFixture {
  api: StudioApi;
  /** Of its keys in Redis. */
  prefix: string;
  /** Of the file store. */
  folder: string;
  /** What a worker process of its own is to be started with. */
  env: Readonly<Record<string, string>>;
  /** A worker as `main.ts` would start it, with other environment variables; resolves with the way to stop it. */
  startWorker(
    env?: Record<string, string>,
    pictures?: PictureWork,
    adapters?: Readonly<Record<string, Adapter>>,
  ): Promise<() => Promise<void>>;
  /** A batch whose plan is made for a model in a pool of that name. */
  submitTo(pool: string, model: { provider: string; model: string }, skus: SkuInput[]): Promise<BatchState>;
  /** A batch of an API that has these models, in this order. */
  submitModels(
    models: readonly PlannableModel[],
    skus: SkuInput[],
    change?: Partial<BatchOptions>,
  ): Promise<BatchState>;
  /** As the API submits it, planned by a process whose default is `plannedFor`; `null`: as versions without plans did. */
  submit(
    skus: SkuInput[],
    options?: object,
    plannedFor?: string | null,
    tenant?: string,
    sample?: readonly number[],
  ): Promise<BatchState>;
  /** The batch after its end, within `timeoutMs` (default a minute). */
  ended(id: string, timeoutMs?: number): Promise<BatchState>;
  /** Replaces the store's folder by a file, as if its disk had gone; resolves with the way back. */
  takeStoreAway(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const log = createLogger({ level: 'silent', name: 'worker' });
const OUTPUT = { width: 200, height: 200, format: 'jpeg' };
let fixtures = 0;

/** `pools`: names of those that the API's side shows beside the default one. */
export async function openWorkerFixture(outside: {
  redisUrl: string;
  gemini: GeminiStandIn;
  pools?: readonly string[];
}): Promise<WorkerFixture> {
  const parent = await mkdtemp(join(tmpdir(), 'image-studio-worker-'));
  fixtures += 1;
  const env = {
    REDIS_URL: outside.redisUrl,
    QUEUE_PREFIX: `worker${fixtures}`,
    STUDIO_DATA_DIR: parent,
    OPS_PORT: '0',
    ALLOW_PRIVATE_SOURCES: 'true',
    SOURCE_RETRIES: '0',
    GEMINI_API_KEY: outside.gemini.apiKey,
    GEMINI_BASE_URL: outside.gemini.baseUrl,
    AI_CALLS_PER_MINUTE: '6000',
    AI_RETRY_BASE_MS: '20',
    JOB_LOCK_MS: '3000',
    SHUTDOWN_TIMEOUT_MS: '8000',
  };
  const { redisUrl, queuePrefix, store } = readWorkerConfig(env);
  const folder = store.kind === 'file' ? store.folder : '';
  const api = createStudioApi({
    redisUrl,
    prefix: queuePrefix,
    quota: { model: 'any', callsPerMinute: 6000 },
    pools: (outside.pools ?? []).map((name) => ({ name, model: 'any', quota: { callsPerMinute: 6000 } })),
    log,
  });
  await eventually(() => api.queueCounts());
  const stops: (() => Promise<void>)[] = [];

  return {
    api,
    prefix: queuePrefix,
    folder,
    env,
    async startWorker(change = {}, pictures = inlinePictureWork(createCpuLimiter(2)), adapters = ADAPTERS) {
      const stop = await start(readWorkerConfig({ ...env, ...change }), pictures, adapters);
      stops.push(stop);
      return stop;
    },
    async submit(skus, change = {}, plannedFor = DEFAULT_GEMINI_MODEL, tenant = 'default', sample) {
      const options = BatchOptions.parse({ output: OUTPUT, ...change });
      const scope = tenant === 'default' ? '' : tenant;
      const plan = plannedFor === null ? {} : { plan: planBatch(options, geminiTraits(plannedFor), scope) };

      const places = sample === undefined ? {} : { sample };
      return (await api.submit({ tenant, options, ...plan, skus, ...places })).batch;
    },
    async submitTo(pool, { provider, model }, skus) {
      const options = BatchOptions.parse({ output: OUTPUT });
      const traits = traitsOf({ engine: provider, defaultModel: model });
      const plan = { ...planBatch(options, traits), pool };
      return (await api.submit({ tenant: 'default', options, plan, skus })).batch;
    },
    async submitModels(models, skus, change = {}) {
      const names = models.map(({ alias }) => alias);
      const options = BatchOptions.parse({ output: OUTPUT, models: names, ...change });
      const plan = planFor(options, { models, defaultAlias: names[0] ?? '' }, '');
      return (await api.submit({ tenant: 'default', options, plan, skus })).batch;
    },
    ended: (id, timeoutMs = 60_000) =>
      eventually(
        async () => {
          const batch = await api.batch(id);
          if (!batch?.finishedAt) throw new Error(`not ended: ${JSON.stringify(batch?.counts)}`);
          return batch;
        },
        { timeoutMs },
      ),
    async takeStoreAway() {
      await rename(folder, `${folder}-away`);
      await writeFile(folder, '');
      return async () => {
        await rm(folder);
        await rename(`${folder}-away`, folder);
      };
    },
    async close() {
      for (const stop of stops) await stop();
      await api.close();
      // What a worker left behind may still be on its way to the disk.
      await rm(parent, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

/** Serves with a lifecycle that ends with the test instead of the process. */
async function start(
  config: WorkerConfig,
  pictures: PictureWork,
  adapters: Readonly<Record<string, Adapter>>,
): Promise<() => Promise<void>> {
  const owned: ((leftMs: number) => unknown)[] = [];
  const lifecycle: Lifecycle = {
    signal: new AbortController().signal,
    own: (_name, close) => void owned.push(close),
    shutdown: (reason) => Promise.reject(new Error(`shut down: ${reason}`)),
  };
  await serveWorker(config, {
    log,
    lifecycle,
    version: 'test',
    pictures,
    adapters,
  });
  return async () => {
    for (let close = owned.pop(); close; close = owned.pop()) await close(config.shutdownTimeoutMs);
  };
}
