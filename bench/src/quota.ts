import { setTimeout as sleep } from 'node:timers/promises';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { startSupplier } from '@image-studio/testkit/supplier-stand-in';
import type { Figures } from './draw-bars.ts';
import { type Baseline, fixedWindow, unpaced } from './quota/baselines.ts';
import { bullmqLimiter } from './quota/bullmq-limiter.ts';
import { type Provider, type ProviderStats, startProvider } from './quota-provider.ts';
import { tell } from './tell.ts';

const CALLS = 200;
/** Small pictures: this is about the pace of calls, and two cores finish larger ones at 8–13 a second at most. */
const PICTURE_PX = 128;
const BATCH_POLL_MS = 500;
const BASELINES: Record<string, Baseline> = {
  unpaced,
  'fixed window': fixedWindow,
  'limiter of BullMQ': bullmqLimiter,
};

/**
 * How much of a provider's quota a fleet of three worker processes uses, and how often it is told 429. One worker joins
 * and one leaves in the middle. The provider counts calls in sliding windows of a minute and of a tenth of a minute.
 * The same calls are then made by two scripts without a queue, and by a plain BullMQ worker.
 */
export async function benchQuota(args: string[]): Promise<void> {
  const rates = args.length > 0 ? args.map(Number) : [300, 1000];
  const photos = await Promise.all(
    Array.from({ length: CALLS }, (_, n) =>
      productPhoto({ seed: n, colour: distinctColour(n), width: PICTURE_PX, height: PICTURE_PX }),
    ),
  );
  const rows: Figures = {};
  for (const rate of rates) {
    const provider = await startProvider({
      callsPerWindow: rate,
      windowMs: 60_000,
      tenths: true,
      latencyMs: 800,
      side: PICTURE_PX,
    });
    try {
      rows[`${rate}/min, this fleet`] = figures(await runFleet(provider, photos, rate), rate);
      for (const [name, baseline] of Object.entries(BASELINES)) {
        rows[`${rate}/min, ${name}`] = figures(await runBaseline(baseline, provider, photos, rate), rate);
      }
    } finally {
      await provider.close();
    }
  }
  await tell('quota', rows, {
    title: 'Calls that the provider refused with 429, of 200 pictures',
    column: '429',
    ours: 'this fleet',
  });
}

async function runFleet(provider: Provider, photos: Buffer[], rate: number): Promise<ProviderStats> {
  await provider.reset();
  const supplier = await startSupplier();
  const studio = await deploy({
    workers: 2,
    env: {
      GEMINI_API_KEY: provider.apiKey,
      GEMINI_BASE_URL: provider.baseUrl,
      AI_CALLS_PER_MINUTE: String(rate),
      LOG_LEVEL: 'warn',
    },
  });
  try {
    const skus = photos.map((photo, n) => ({
      sku: `S${n}`,
      images: [{ url: supplier.serve(`/${n}.jpg`, photo) }],
    }));
    const output = { width: PICTURE_PX, height: PICTURE_PX, format: 'jpeg' };
    const answer = await studio.post('/api/v1/batches', { skus, output });
    const { id } = (await answer.json()) as { id: string };
    await reached(studio, id, CALLS * 0.25);
    studio.startWorker();
    await reached(studio, id, CALLS * 0.6);
    await studio.workers[0]?.stop('SIGTERM');
    await reached(studio, id, CALLS);
    return await provider.stats();
  } finally {
    await studio.close();
    await supplier.close();
  }
}

/** Waits until so many SKUs have ended. */
async function reached(studio: Deployment, id: string, count: number): Promise<void> {
  for (;;) {
    const batch = (await (await studio.get(`/api/v1/batches/${id}`)).json()) as {
      counts: { waiting: number; active: number; total: number; failed: number };
    };
    const { waiting, active, total, failed } = batch.counts;
    if (failed > 0) throw new Error(`${failed} SKUs failed`);
    if (total - waiting - active >= count) return;
    await sleep(BATCH_POLL_MS);
  }
}

async function runBaseline(
  baseline: Baseline,
  provider: Provider,
  photos: Buffer[],
  rate: number,
): Promise<ProviderStats> {
  await provider.reset();
  await baseline(
    provider,
    photos.map((photo) => photo.toString('base64')),
    rate,
  );
  return provider.stats();
}

function figures(stats: ProviderStats, rate: number) {
  const span = ((stats.acceptedAt.at(-1) ?? 0) - (stats.acceptedAt[0] ?? 0)) / 60_000;
  return {
    // Of the steady run: calls after the first, over what the quota allows in that time.
    utilisation: ((stats.accepted - 1) / (span * rate)).toFixed(3),
    '429': stats.rateLimited,
    'worst tenth': `${stats.mostInTenth} of ${Math.ceil(rate / 10)}`,
    'worst minute': `${stats.mostInWindow} of ${rate}`,
    'paid twice': stats.duplicates,
    'billed / useful': `$${stats.billedUsd.toFixed(2)} / ${stats.pictures - stats.duplicates}`,
    minutes: span.toFixed(2),
  };
}
