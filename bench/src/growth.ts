import { setTimeout as sleep } from 'node:timers/promises';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { productPhoto } from '@image-studio/testkit/photos';
import { startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { Redis } from 'ioredis';
import type { Figures } from './draw-bars.ts';
import { percentile } from './load/figures.ts';
import { watchRelay } from './load/watch-relay.ts';
import { readProcessTree } from './process-tree.ts';
import { startProvider } from './quota-provider.ts';
import { tell } from './tell.ts';

const SIZES = [100, 1000, 10_000];
/** Pictures that are made and counted, however many wait behind them. */
const COUNTED = 90;
/** Browsers that follow the batch. */
const BROWSERS = 20;
/** Small pictures: this is about what is around them. */
const PICTURE_PX = 128;

/**
 * Whether a picture costs more when more wait: the first 90 of a batch of 100, of 1,000 and of 10,000 SKUs, followed by twenty browsers. CPU
 * of the API, of Redis and of the worker for each, what submission costs for each SKU, and how late browsers are told. Arguments: sizes.
 */
export async function benchGrowth(args: string[]): Promise<void> {
  const sizes = args.map(Number).filter((size) => size >= COUNTED);
  const provider = await startProvider({ latencyMs: 200, side: PICTURE_PX });
  const supplier = await startSupplier();
  const size = { width: PICTURE_PX, height: PICTURE_PX };
  const photo = supplier.serve(
    '/p.jpg',
    await productPhoto({ seed: 1, colour: { r: 9, g: 9, b: 99 }, ...size }),
  );
  const studio = await deploy({
    workers: 1,
    env: { GEMINI_API_KEY: provider.apiKey, GEMINI_BASE_URL: provider.baseUrl, LOG_LEVEL: 'warn' },
  });
  const redis = new Redis(studio.redis.url);
  try {
    await measure(studio, redis, photo, COUNTED);
    const figures: Figures = {};
    for (const skus of sizes.length > 0 ? sizes : SIZES) {
      figures[`${skus.toLocaleString('en')} SKUs`] = await measure(studio, redis, photo, skus);
    }
    await tell('growth', figures, {
      title: 'API and Redis, CPU ms a picture, by SKUs that wait in the batch',
      column: 'API + Redis',
      unit: ' ms',
    });
  } finally {
    redis.disconnect();
    await studio.close();
    await supplier.close();
    await provider.close();
  }
}

async function measure(studio: Deployment, redis: Redis, photo: string, count: number) {
  const skus = Array.from({ length: count }, (_, n) => ({
    sku: `S${n}`,
    images: [{ url: photo }],
    attributes: { title: `Mug ${count}-${n}` },
  }));
  const output = { width: PICTURE_PX, height: PICTURE_PX, format: 'jpeg' };
  const beforeSubmission = used(studio);
  const answer = await studio.post('/api/v1/batches', { skus, output });
  if (answer.status !== 202) throw new Error(`the API answers ${answer.status}: ${await answer.text()}`);
  const { id } = (await answer.json()) as { id: string };
  const before = used(studio);
  const relay = await watchRelay(studio.url, redis, [id], BROWSERS);
  let lags: number[] = [];
  let done = 0;
  try {
    done = await ended(studio, id, COUNTED);
  } finally {
    lags = await relay.close();
  }
  const after = used(studio);
  await studio.post(`/api/v1/batches/${id}/cancel`, {});
  await ended(studio, id, count);
  const each = (one: number, other: number, by: number) => round(((other - one) * 1000) / by);
  const [api, ofRedis] = [each(before.api, after.api, done), each(before.redis, after.redis, done)];
  return {
    'submission, a SKU': round(
      ((before.api + before.redis - beforeSubmission.api - beforeSubmission.redis) * 1000) / count,
      2,
    ),
    API: api,
    Redis: ofRedis,
    'API + Redis': round(api + ofRedis),
    worker: each(before.worker, after.worker, done),
    'told after, ms (p95)': Math.round(percentile(lags, 0.95)),
  };
}

const used = ({ api, redis, workers }: Deployment) => ({
  api: readProcessTree(api.child.pid).cpuSeconds,
  redis: readProcessTree(redis.pid).cpuSeconds,
  worker: readProcessTree(workers[0]?.child.pid).cpuSeconds,
});

/** Waits until so many SKUs have ended; returns how many had when that was seen. */
async function ended(studio: Deployment, id: string, count: number): Promise<number> {
  for (;;) {
    const batch = (await (await studio.get(`/api/v1/batches/${id}`)).json()) as {
      counts: Record<string, number>;
    };
    const { total = 0, waiting = 0, active = 0, failed = 0 } = batch.counts;
    if (failed > 0) throw new Error(`${failed} SKUs failed`);
    if (total - waiting - active >= count) return total - waiting - active;
    await sleep(100);
  }
}

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
