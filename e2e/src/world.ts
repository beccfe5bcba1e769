import type { BatchView, SkuView } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { type Deployment, deploy, type RunningProcess } from '@image-studio/testkit/deployment';
import {
  type GeminiStandIn,
  type GeminiStandInOptions,
  startGeminiStandIn,
} from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type S3StandIn, startS3StandIn } from '@image-studio/testkit/s3-stand-in';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';

/** Short, so that what waits for it does not make the tests slow. */
export const LOCK_MS = 3000;

/**
 * For workers that share two cores with others and with the tests. A second child process for pictures brings nothing there, and costs two
 * seconds until it is warm.
 */
export const ONE_CHILD = { PICTURE_THREADS: '1', SKU_CONCURRENCY: '8' };

export interface WorldOptions {
  workers: number;
  /** Default: a bucket of the S3 stand-in. `file`: a folder. */
  store?: 's3' | 'file';
  gemini?: Partial<GeminiStandInOptions>;
  env?: Record<string, string>;
  redis?: Parameters<typeof deploy>[0]['redis'];
  /** One of `API_KEYS`, when `env` has any. */
  key?: string;
}

/** The whole product as processes of its own, between stand-ins for everything outside. */
export interface World {
  studio: Deployment;
  gemini: GeminiStandIn;
  supplier: Supplier;
  s3: S3StandIn;
  /** Worker processes that have not been killed. */
  workers(): RunningProcess[];
  /** Starts so many; resolves once the fleet lists all of its workers. */
  startWorkers(count: number): Promise<void>;
  /** Requests that supplier, model and bucket have seen on behalf of SKUs. */
  requestsForSkus(): number;
  /** kill -9 of these workers (default: all), at once; resolves with the calls whose picture had not been stored by then. */
  killWorkers(victims?: RunningProcess[]): Promise<number>;
  /** SKUs `from` to `from + count - 1`, each with a photo of its own that the supplier serves. */
  skus(count: number, from?: number): Promise<{ sku: string; images: { url: string }[] }[]>;
  submit(skus: object[], options?: object): Promise<BatchView>;
  /** Ends what is left over, and counts calls from nothing again. */
  cancelAll(): Promise<void>;
  batch(id: string): Promise<BatchView>;
  sku(id: string, sku: string): Promise<SkuView>;
  /** A small batch with all of its SKUs. */
  listing(id: string): Promise<{ batch: BatchView; skus: SkuView[] }>;
  /** The batch after its end; fails when its counts do not add up at any look. */
  ended(id: string, timeoutMs?: number): Promise<BatchView>;
  close(): Promise<void>;
}

export async function openWorld(options: WorldOptions): Promise<World> {
  const [gemini, supplier, s3] = await Promise.all([
    startGeminiStandIn({ latencyMs: 300, ...options.gemini }),
    startSupplier(),
    startS3StandIn(),
  ]);
  const closeStandIns = () => Promise.all([supplier.close(), gemini.close(), s3.close()]);
  const studio = await deploy({
    workers: options.workers,
    ...(options.redis && { redis: options.redis }),
    ...(options.key !== undefined && { key: options.key }),
    env: {
      GEMINI_API_KEY: gemini.apiKey,
      GEMINI_BASE_URL: gemini.baseUrl,
      AI_CALLS_PER_MINUTE: '3000',
      AI_CONCURRENCY: '4',
      JOB_LOCK_MS: String(LOCK_MS),
      ...ONE_CHILD,
      ...(options.store === 'file' ? {} : s3Environment(s3)),
      ...options.env,
    },
  }).catch(async (error: unknown) => {
    await closeStandIns();
    throw error;
  });
  const aiKeys = () => s3.keys().filter((key) => key.startsWith('ai/')).length;
  let storedBefore = 0;
  const world: World = {
    studio,
    gemini,
    supplier,
    s3,
    workers: () => studio.workers.filter(({ child }) => child.exitCode === null && child.signalCode === null),
    async startWorkers(count) {
      for (let n = 0; n < count; n += 1) studio.startWorker();
      const pids = world.workers().map(({ child }) => child.pid);
      await eventually(
        async () => {
          const { items } = await read<{ items: { pid: number }[] }>(await studio.get('/api/v1/workers'));
          const up = new Set(items.map(({ pid }) => pid));
          if (!pids.every((pid) => pid !== undefined && up.has(pid)))
            throw new Error('not all workers are up');
        },
        { timeoutMs: 60_000, intervalMs: 50 },
      );
    },
    requestsForSkus: () =>
      supplier.requests.length +
      gemini.stats().requests +
      s3.requests.filter(({ key }) => /^(ai|inputs|image-studio)\//.test(key)).length,
    async killWorkers(victims = world.workers()) {
      await Promise.all(victims.map((worker) => worker.stop('SIGKILL')));
      return gemini.stats().accepted - (aiKeys() - storedBefore);
    },
    async skus(count, from = 0) {
      const all = Array.from({ length: count }, async (_, at) => {
        const n = from + at;
        const photo = await productPhoto({ seed: n, colour: distinctColour(n), width: 400, height: 400 });
        return { sku: `S${n}`, images: [{ url: supplier.serve(`/${n}.jpg`, photo) }] };
      });
      return Promise.all(all);
    },
    async cancelAll() {
      const { items } = await read<{ items: BatchView[] }>(await studio.get('/api/v1/batches'));
      const open = items.filter(({ finishedAt }) => finishedAt === null);
      await Promise.all(open.map(({ id }) => studio.post(`/api/v1/batches/${id}/cancel`)));
      gemini.reset();
      storedBefore = aiKeys();
    },
    async submit(skus, batch = {}) {
      const answer = await studio.post('/api/v1/batches', { skus, output: OUTPUT, ...batch });
      if (answer.status !== 202) throw new Error(`the API answers ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as BatchView;
    },
    batch: async (id) => read<BatchView>(await studio.get(`/api/v1/batches/${id}`)),
    sku: async (id, sku) =>
      read<SkuView>(await studio.get(`/api/v1/batches/${id}/skus/${encodeURIComponent(sku)}`)),
    async listing(id) {
      const batch = await world.batch(id);
      const page = await studio.get(`/api/v1/batches/${id}/skus?limit=200`);
      return { batch, skus: (await read<{ items: SkuView[] }>(page)).items };
    },
    async ended(id, timeoutMs = 120_000) {
      const last = await eventually(
        async () => {
          const batch = await world.batch(id);
          if (addsUp(batch) && batch.finishedAt === null)
            throw new Error(`not ended: ${JSON.stringify(batch)}`);
          return batch;
        },
        { timeoutMs, intervalMs: 100 },
      );
      if (!addsUp(last)) throw new Error(`the counts do not add up: ${JSON.stringify(last.counts)}`);
      return last;
    },
    async close() {
      await studio.close();
      await closeStandIns();
    },
  };
  return world;
}

const OUTPUT = { width: 400, height: 400, format: 'jpeg' };

/** The variables that make a process store in the stand-in's bucket. */
export function s3Environment(s3: S3StandIn): Record<string, string> {
  return {
    OBJECT_STORE: 's3',
    S3_BUCKET: s3.bucket,
    S3_ENDPOINT: s3.endpoint,
    S3_REGION: s3.region,
    S3_ACCESS_KEY_ID: s3.accessKeyId,
    S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
    S3_FORCE_PATH_STYLE: 'true',
  };
}

/** Whether the six counts after `total` add up to it. */
export function addsUp({ counts }: BatchView): boolean {
  const { total, waiting, active, completed, failed, cancelled, needsReview } = counts;
  return waiting + active + completed + failed + cancelled + needsReview === total;
}

async function read<T>(answer: Response): Promise<T> {
  if (!answer.ok) throw new Error(`the API answers ${answer.status}`);
  return (await answer.json()) as T;
}
