import { setTimeout as sleep } from 'node:timers/promises';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { productPhoto } from '@image-studio/testkit/photos';
import { startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { Redis } from 'ioredis';
import { percentile, slopePerMinute } from './load/figures.ts';
import { type Read, readSteadily } from './load/read-steadily.ts';
import { redisBytes } from './load/redis-bytes.ts';
import { watchCpu } from './load/watch-cpu.ts';
import { watchMemory } from './load/watch-memory.ts';
import { watchRelay } from './load/watch-relay.ts';
import { startProvider } from './quota-provider.ts';

/** Fewer completed SKUs than this say nothing of what one costs, beside the jobs that come and go. */
const ENOUGH = 500;
const BATCHES = 10;
const CLIENTS = 50;
const READS_PER_SECOND = 20;
const CALLS_PER_MINUTE = 600;
/** Small pictures: this is about what is around them. */
const PICTURE_PX = 128;
/** Caches and heaps find their size first; the slope is that of the rest. */
const WARM_UP_SHARE = 0.4;

/**
 * A full house: ten batches queued, fifty browsers that watch, twenty reads a second, while the fleet works. Says how
 * fast the API answers, how late browsers are told, whether memory grows, and what a SKU costs in Redis. Everything runs on
 * loopback and ends by itself. Arguments: seconds (600), SKUs a batch (5000). Exits 1 when a target is missed.
 */
export async function benchLoad(args: string[]): Promise<void> {
  const [seconds = 600, skusPerBatch = 5000] = args.map(Number);
  const provider = await startProvider({ latencyMs: 800, side: PICTURE_PX });
  const supplier = await startSupplier();
  const stop = async () => {
    await supplier.close();
    await provider.close();
  };
  const studio = await deploy({
    workers: 2,
    env: {
      GEMINI_API_KEY: provider.apiKey,
      GEMINI_BASE_URL: provider.baseUrl,
      AI_CALLS_PER_MINUTE: String(CALLS_PER_MINUTE),
      LOG_LEVEL: 'warn',
    },
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const redis = new Redis(studio.redis.url);
  try {
    const photo = supplier.serve(
      '/photo.jpg',
      await productPhoto({
        seed: 1,
        colour: { r: 51, g: 102, b: 153 },
        width: PICTURE_PX,
        height: PICTURE_PX,
      }),
    );
    const ids: string[] = [];
    for (let n = 0; n < BATCHES; n += 1) ids.push(await submit(studio, photo, n, skusPerBatch));
    const waiting = (await redisBytes(redis)).store / (BATCHES * skusPerBatch);

    const memory = watchMemory(studio);
    const relay = await watchRelay(studio.url, redis, ids, CLIENTS);
    const readFor = (share: number) =>
      readSteadily(studio.url, ids, { perSecond: READS_PER_SECOND, seconds: seconds * share });
    const cpu = watchCpu(studio, provider);
    const atStart = await progress(studio, ids);
    const reads = await readFor(WARM_UP_SHARE);
    // By now the queues hold as many jobs and events as they ever will.
    const before = await progress(studio, ids);
    const full = await redisBytes(redis);
    reads.push(...(await readFor(1 - WARM_UP_SHARE)));
    const cpuTable = cpu.close((await progress(studio, ids)) - atStart);
    const lags = await relay.close();
    const series = memory.close();

    const after = await progress(studio, ids);
    const done = after - before;
    const bytes = await redisBytes(redis);
    const completed = waiting + (bytes.store - full.store) / Math.max(1, done);
    console.table(byKind(reads));
    console.table(cpuTable);
    console.log(`${after} SKUs have ended; BullMQ's jobs and events take ${mb(bytes.queues)} MB of Redis`);
    const failed = reads.filter(({ status }) => status !== 200).length;
    report([
      row(
        'API, p99 of reads',
        percentile(
          reads.map(({ ms }) => ms),
          0.99,
        ),
        250,
        'ms',
      ),
      row('reads that were not answered 200', failed, 0, `of ${reads.length}`),
      row('relay, p95 from change to browser', percentile(lags, 0.95), 1000, `ms (${lags.length} events)`),
      ...Object.entries(series).map(([name, samples]) =>
        row(
          `memory of ${name}, growth`,
          slopePerMinute(samples, WARM_UP_SHARE),
          3,
          `MB/min (now ${samples.at(-1)?.mb.toFixed(0)} MB)`,
        ),
      ),
      row('Redis, per SKU that waits', waiting / 1024, 6, 'KB'),
      ...(done < ENOUGH ? [] : [row(`Redis, per SKU completed (${done})`, completed / 1024, 6, 'KB')]),
    ]);
  } finally {
    redis.disconnect();
    await studio.close();
    await stop();
  }
}

async function submit(studio: Deployment, photo: string, batch: number, count: number): Promise<string> {
  const skus = Array.from({ length: count }, (_, n) => ({
    sku: `B${batch}-${n}`,
    images: [{ url: photo }],
    attributes: { title: `Mug ${batch}-${n}` },
  }));
  const output = { width: PICTURE_PX, height: PICTURE_PX, format: 'jpeg' };
  const answer = await studio.post('/api/v1/batches', { skus, output });
  if (answer.status !== 202) throw new Error(`submission: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}

/** SKUs that have ended. */
async function progress(studio: Deployment, ids: string[]): Promise<number> {
  let sum = 0;
  for (const id of ids) {
    const answer = await studio.get(`/api/v1/batches/${id}`);
    const { counts } = (await answer.json()) as { counts: Record<string, number> };
    sum += (counts.total ?? 0) - (counts.waiting ?? 0) - (counts.active ?? 0);
    await sleep(1);
  }
  return sum;
}

const mb = (bytes: number) => (bytes / 1024 ** 2).toFixed(1);

/** What each kind of read took, so that a missed target says where to look. */
function byKind(reads: Read[]): Record<string, { p50: number; p99: number }> {
  const kinds = new Map<string, number[]>();
  for (const { path, ms } of reads) {
    const kind = path.replace(/b[0-9a-z]{20,}/, ':id').replace(/=\d+/g, '=n');
    kinds.set(kind, [...(kinds.get(kind) ?? []), ms]);
  }
  const rounded = (times: number[], share: number) => Math.round(percentile(times, share));
  return Object.fromEntries(
    [...kinds].map(([kind, times]) => [kind, { p50: rounded(times, 0.5), p99: rounded(times, 0.99) }]),
  );
}

interface Row {
  what: string;
  measured: number;
  target: number;
  unit: string;
}

const row = (what: string, measured: number, target: number, unit: string): Row => ({
  what,
  measured,
  target,
  unit,
});

function report(rows: Row[]): void {
  console.table(
    Object.fromEntries(
      rows.map(({ what, measured, target, unit }) => [
        what,
        {
          measured: `${Number(measured.toFixed(1))} ${unit}`,
          target: `≤ ${target}`,
          verdict: measured <= target ? 'met' : 'MISSED',
        },
      ]),
    ),
  );
  if (rows.some(({ measured, target }) => !(measured <= target))) process.exitCode = 1;
}
