import { setTimeout as sleep } from 'node:timers/promises';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { type ProviderStats, startProvider } from './quota-provider.ts';

/** Small pictures: this is about the pace of calls. */
const PICTURE_PX = 128;
const POLL_MS = 500;
const OTHER = 'the/other';

/**
 * How much of its quota each of two pools of calls uses beside the other: while both work, and while the provider of the default
 * pool answers nothing but 503; against what it uses alone. Two providers, two workers; each provider counts calls in sliding windows of a minute and a tenth.
 */
export async function benchPools(args: string[]): Promise<void> {
  const [rate = 200, calls = Math.round(rate / 2)] = args.map(Number);
  const limits = { callsPerWindow: rate, windowMs: 60_000, tenths: true, latencyMs: 800, side: PICTURE_PX };
  const [main, other] = await Promise.all([startProvider(limits), startProvider({ ...limits, seed: 2 })]);
  const supplier = await startSupplier();
  const models = {
    [OTHER]: {
      provider: 'gemini',
      model: 'gemini-nano-banana-2.1',
      baseUrl: other.baseUrl,
      keyVariable: 'OTHER_KEY',
      callsPerMinute: rate,
    },
  };
  const studio = await deploy({
    workers: 2,
    env: {
      GEMINI_API_KEY: main.apiKey,
      GEMINI_BASE_URL: main.baseUrl,
      OTHER_KEY: other.apiKey,
      STUDIO_MODELS: JSON.stringify(models),
      AI_CALLS_PER_MINUTE: String(rate),
      LOG_LEVEL: 'warn',
    },
  });
  let seed = 0;
  const submit = async (model?: string): Promise<string> => {
    const skus = await Promise.all(
      Array.from({ length: calls }, async () => {
        const n = ++seed;
        const size = { width: PICTURE_PX, height: PICTURE_PX };
        const photo = await productPhoto({ seed: n, colour: distinctColour(n), ...size });
        return { sku: `S${n}`, images: [{ url: supplier.serve(`/${n}.jpg`, photo) }] };
      }),
    );
    const output = { width: PICTURE_PX, height: PICTURE_PX, format: 'jpeg' };
    const answer = await studio.post('/api/v1/batches', { skus, output, ...(model && { model }) });
    return ((await answer.json()) as { id: string }).id;
  };
  const rows: Record<string, object> = {};
  try {
    await ended(studio, await submit());
    rows['alone: default'] = figures(await main.stats(), rate);

    await main.reset();
    await Promise.all([submit(), submit(OTHER)].map(async (id) => ended(studio, await id)));
    rows['both: default'] = figures(await main.stats(), rate);
    rows[`both: ${OTHER}`] = figures(await other.stats(), rate);

    await Promise.all([main.configure({ faults: { e503: 1 } }), main.reset(), other.reset()]);
    const held = await submit();
    await ended(studio, await submit(OTHER));
    rows[`default down: ${OTHER}`] = figures(await other.stats(), rate);
    rows['default down: default'] = figures(await main.stats(), rate);

    await main.configure({ faults: {} });
    const recovery = performance.now();
    await ended(studio, held);
    const seconds = ((performance.now() - recovery) / 1000).toFixed(0);
    rows['default after recovery'] = { ...figures(await main.stats(), rate), seconds };
  } finally {
    await studio.close();
    await Promise.all([main.close(), other.close(), supplier.close()]);
  }
  console.table(rows);
}

async function ended(studio: Deployment, id: string): Promise<void> {
  for (;;) {
    const batch = (await (await studio.get(`/api/v1/batches/${id}`)).json()) as {
      counts: { failed: number };
      finishedAt: string | null;
    };
    if (batch.counts.failed > 0) throw new Error(`${batch.counts.failed} SKUs failed`);
    if (batch.finishedAt !== null) return;
    await sleep(POLL_MS);
  }
}

function figures(stats: ProviderStats, rate: number) {
  const span = ((stats.acceptedAt.at(-1) ?? 0) - (stats.acceptedAt[0] ?? 0)) / 60_000;
  return {
    pictures: stats.pictures,
    // Of the steady run: calls after the first, over what the quota allows in that time.
    utilisation: span === 0 ? '–' : ((stats.accepted - 1) / (span * rate)).toFixed(3),
    '429': stats.rateLimited,
    'worst tenth': `${stats.mostInTenth} of ${Math.ceil(rate / 10)}`,
    'paid twice': stats.duplicates,
  };
}
