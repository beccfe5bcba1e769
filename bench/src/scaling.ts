import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { startSupplier } from '@image-studio/testkit/supplier-stand-in';
import type { Figures } from './draw-bars.ts';
import { readProcessTree } from './process-tree.ts';
import { type Provider, type ProviderStats, startProvider } from './quota-provider.ts';
import { plainLoop } from './scaling/plain-loop.ts';
import { type Fleet, simulate } from './scaling/simulate.ts';
import { tell } from './tell.ts';

/** Median of a call; the provider's own take 4 to 30 s. */
const CALL_SECONDS = 4;
/** Of each worker: so few that places for calls, not cores, are the limit. */
const AI_CONCURRENCY = 4;
const PICTURE_PX = 128;
const QUOTA = 3000;
/** Rounds of calls in which every place of every worker is used. */
const ROUNDS = 6;

interface Measured {
  callsPerMinute: number;
  /** How long the model worked on each call. */
  latenciesMs: number[];
  cpuMs: number;
  redisMs: number;
}

/**
 * Whether two workers are twice as fast as one, and four four times, while calls take 4 s; what a picture costs beside a plain loop over the
 * same photos; and whether the simulation of the same fleet comes to the same. Arguments: rounds (6), most workers (4). Exits 1 when the simulation is more than
 * a tenth off.
 */
export async function benchScaling(args: string[]): Promise<void> {
  const [rounds = ROUNDS, most = 4] = args.map(Number);
  const provider = await startProvider({ latencyMs: CALL_SECONDS * 1000, side: PICTURE_PX });
  try {
    const rows: Figures = {};
    let worst = 0;
    for (const workers of [1, 2, 4].filter((count) => count <= most)) {
      const atOnce = workers * AI_CONCURRENCY;
      const pictures = atOnce * rounds;
      const photos = await somePhotos(workers * 1000, pictures + 2 * workers);
      const fleet = await runFleet(provider, photos, workers);
      const loop = await runLoop(provider, photos.slice(2 * workers), atOnce);
      const told = simulate(fleetOf(workers, pictures, fleet));
      const error = told.callsPerMinute / fleet.callsPerMinute - 1;
      worst = Math.max(worst, Math.abs(error));
      const row = {
        'calls/min': round(fleet.callsPerMinute),
        simulated: round(told.callsPerMinute),
        'error %': round(error * 100),
        'plain loop': round(loop.callsPerMinute),
        ratio: round(fleet.callsPerMinute / loop.callsPerMinute, 2),
        'CPU ms a picture': round(fleet.cpuMs),
        'of it Redis': round(fleet.redisMs, 1),
        'plain loop, CPU ms': round(loop.cpuMs),
      };
      rows[workers === 1 ? '1 worker' : `${workers} workers`] = row;
      console.error(JSON.stringify({ workers, ...row }));
    }
    await tell('scaling', rows, {
      title: `Calls of ${CALL_SECONDS} s a minute, ${AI_CONCURRENCY} at once in each worker`,
      column: 'calls/min',
    });
    if (worst > 0.1) process.exitCode = 1;
  } finally {
    await provider.close();
  }
}

/** Half of the CPU time lies before the call: fetching and preparing; half behind it. */
function fleetOf(workers: number, pictures: number, { cpuMs, latenciesMs }: Measured): Fleet {
  return {
    workers,
    aiConcurrency: AI_CONCURRENCY,
    callSeconds: (n) => (latenciesMs[n] ?? 0) / 1000,
    callsPerMinute: QUOTA,
    cores: cpus().length,
    cpuMsBefore: cpuMs / 2,
    cpuMsAfter: cpuMs / 2,
    pictures,
  };
}

const somePhotos = (from: number, count: number): Promise<Buffer[]> =>
  Promise.all(
    Array.from({ length: count }, (_, n) =>
      productPhoto({
        seed: from + n,
        colour: distinctColour(from + n),
        width: PICTURE_PX,
        height: PICTURE_PX,
      }),
    ),
  );

async function runFleet(provider: Provider, photos: Buffer[], workers: number): Promise<Measured> {
  const supplier = await startSupplier();
  const studio = await deploy({
    workers,
    env: {
      GEMINI_API_KEY: provider.apiKey,
      GEMINI_BASE_URL: provider.baseUrl,
      AI_CALLS_PER_MINUTE: String(QUOTA),
      AI_CONCURRENCY: String(AI_CONCURRENCY),
      LOG_LEVEL: 'warn',
    },
  });
  try {
    // What a process does once, when it starts, is not what a picture costs.
    const [warm, counted] = [photos.slice(0, 2 * workers), photos.slice(2 * workers)].map((some, part) =>
      some.map((photo, n) => ({
        sku: `S${part}-${n}`,
        images: [{ url: supplier.serve(`/${part}-${n}.jpg`, photo) }],
      })),
    );
    await ended(studio, await submit(studio, warm ?? []));
    await provider.reset();
    const processes = [studio.api, ...studio.workers].map(({ child }) => child.pid);
    const used = () => processes.reduce<number>((sum, pid) => sum + readProcessTree(pid).cpuSeconds, 0);
    const [usedBefore, redisBefore] = [used(), readProcessTree(studio.redis.pid).cpuSeconds];
    await ended(studio, await submit(studio, counted ?? []));
    const redis = (readProcessTree(studio.redis.pid).cpuSeconds - redisBefore) * 1000;
    const all = (used() - usedBefore) * 1000 + redis;
    const stats = await provider.stats();
    return {
      callsPerMinute: rateOf(stats),
      latenciesMs: stats.latenciesMs,
      cpuMs: all / (counted ?? []).length,
      redisMs: redis / (counted ?? []).length,
    };
  } finally {
    await studio.close();
    await supplier.close();
  }
}

async function submit(studio: Deployment, skus: object[]): Promise<string> {
  const output = { width: PICTURE_PX, height: PICTURE_PX, format: 'jpeg' };
  const answer = await studio.post('/api/v1/batches', { skus, output });
  if (answer.status !== 202) throw new Error(`the API answers ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}

async function ended(studio: Deployment, id: string): Promise<void> {
  for (;;) {
    const batch = (await (await studio.get(`/api/v1/batches/${id}`)).json()) as { finishedAt: string | null };
    if (batch.finishedAt !== null) return;
    await sleep(500);
  }
}

async function runLoop(
  provider: Provider,
  photos: Buffer[],
  atOnce: number,
): Promise<Pick<Measured, 'callsPerMinute' | 'cpuMs'>> {
  const supplier = await startSupplier();
  const folder = await mkdtemp(join(tmpdir(), 'image-studio-bench-'));
  try {
    const urls = photos.map((photo, n) => supplier.serve(`/${n}.jpg`, photo));
    await provider.reset();
    const before = process.cpuUsage();
    await plainLoop(provider, urls, { atOnce, side: PICTURE_PX, folder });
    const { user, system } = process.cpuUsage(before);
    return {
      callsPerMinute: rateOf(await provider.stats()),
      cpuMs: (user + system) / 1000 / photos.length,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await supplier.close();
  }
}

/** Calls a minute, from the start of the first to the end of the last. */
function rateOf({ acceptedAt, latenciesMs }: ProviderStats): number {
  const ends = acceptedAt.map((at, n) => at + (latenciesMs[n] ?? 0));
  return (acceptedAt.length * 60_000) / Math.max(...ends);
}

const round = (value: number, digits = 0): number => Number(value.toFixed(digits));
