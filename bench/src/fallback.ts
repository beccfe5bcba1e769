import { setTimeout as sleep } from 'node:timers/promises';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { Redis } from 'ioredis';
import { type Provider, startProvider } from './quota-provider.ts';

/** Small pictures: this is about who makes them. */
const PICTURE_PX = 128;
const POLL_MS = 100;
/** Of each step. */
const MOST_WAIT_MS = 20 * 60_000;
const NEXT = 'next';

/**
 * One batch of `skus` SKUs whose first model answers nothing but 503 for `downSeconds` in the middle of it: how soon the next model is
 * asked, how much of its quota it uses while the first is down, and whether the first makes pictures again. `afterMs` is
 * `FALLBACK_AFTER_MS`; with less than its 60 s the outage is shorter in the same measure, while the breaker's own pauses stay.
 */
export async function benchFallback(args: string[]): Promise<void> {
  const [skus = 500, rate = 60, downSeconds = 200, afterMs = 20_000] = args.map(Number);
  const limits = { callsPerWindow: rate, windowMs: 60_000, tenths: true, latencyMs: 800, side: PICTURE_PX };
  const [first, next] = await Promise.all([startProvider(limits), startProvider({ ...limits, seed: 2 })]);
  const supplier = await startSupplier();
  const models = {
    [NEXT]: {
      provider: 'gemini',
      model: 'gemini-3-pro-image',
      baseUrl: next.baseUrl,
      keyVariable: 'NEXT_KEY',
      callsPerMinute: rate,
    },
  };
  const studio = await deploy({
    workers: 2,
    env: {
      GEMINI_API_KEY: first.apiKey,
      GEMINI_BASE_URL: first.baseUrl,
      NEXT_KEY: next.apiKey,
      STUDIO_MODELS: JSON.stringify(models),
      STUDIO_DEFAULT_MODELS: `default,${NEXT}`,
      FALLBACK_AFTER_MS: String(afterMs),
      AI_CALLS_PER_MINUTE: String(rate),
      LOG_LEVEL: 'warn',
    },
  });
  const redis = new Redis(studio.redisUrl);
  try {
    const id = await submit(studio, supplier, skus);
    await until('the first model makes pictures', async () => (await first.stats()).pictures >= skus / 20);
    await first.configure({ faults: { e503: 1 } });
    const downAt = Date.now();
    const openedAt = await until('the breaker opens', async () => redis.hget('studio:breaker', 'openedAt'));
    const movedAt = await until('the next model is asked', async () =>
      (await next.stats()).accepted > 0 ? Date.now() : null,
    );
    await sleep(Math.max(0, downAt + downSeconds * 1000 - Date.now()));
    await first.configure({ faults: {} });
    const before = (await first.stats()).pictures;
    const upAt = Date.now();
    let isOver = false;
    const backAt = await until('the first model makes pictures again, or the batch ends', async () => {
      isOver = (await batchOf(studio, id)).finishedAt !== null;
      return isOver || (await first.stats()).pictures > before ? Date.now() : null;
    });
    const alone = figuresOf(await next.stats(), rate, backAt - movedAt);
    const batch = await ended(studio, id);
    const [made, over] = await Promise.all([first.stats(), next.stats()]);
    console.table({
      'breaker opened after the outage began (s)': seconds(Number(openedAt) - downAt),
      'trigger to the first call at the next model (s)': seconds(movedAt - Number(openedAt) - afterMs),
      'calls at the next model while the first was down': alone.calls,
      'share of its quota': alone.utilisation,
      'its 429s': over.rateLimited,
      'recovery to the first picture of the first model (s)': isOver
        ? 'ended before'
        : seconds(backAt - upAt),
      'pictures of the first model before, and after its recovery': `${before}, ${made.pictures - before}`,
      'pictures of the next model': over.pictures,
      'SKUs completed of all': `${batch.completed} of ${skus}`,
      'paid twice': made.duplicates + over.duplicates,
    });
  } finally {
    redis.disconnect();
    await studio.close();
    await Promise.all([first.close(), next.close(), supplier.close()]);
  }
}

async function submit(
  studio: Deployment,
  supplier: Awaited<ReturnType<typeof startSupplier>>,
  count: number,
): Promise<string> {
  const size = { width: PICTURE_PX, height: PICTURE_PX };
  const skus = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const photo = await productPhoto({ seed: n, colour: distinctColour(n), ...size });
      return { sku: `S${n}`, images: [{ url: supplier.serve(`/${n}.jpg`, photo) }] };
    }),
  );
  const answer = await studio.post('/api/v1/batches', { skus, output: { ...size, format: 'jpeg' } });
  return ((await answer.json()) as { id: string }).id;
}

/** Asks until there is an answer; throws when there is none in time. */
async function until<T>(what: string, ask: () => Promise<T | null | false>): Promise<T> {
  const started = performance.now();
  while (performance.now() - started < MOST_WAIT_MS) {
    const found = await ask();
    if (found) return found;
    await sleep(POLL_MS);
  }
  throw new Error(`not within ${MOST_WAIT_MS / 60_000} minutes: ${what}`);
}

interface Batch {
  counts: { completed: number; needsReview: number };
  finishedAt: string | null;
}

const batchOf = async (studio: Deployment, id: string) =>
  (await (await studio.get(`/api/v1/batches/${id}`)).json()) as Batch;

async function ended(studio: Deployment, id: string): Promise<{ completed: number }> {
  return until('the batch ends', async () => {
    const batch = await batchOf(studio, id);
    const { completed, needsReview } = batch.counts;
    return batch.finishedAt !== null && { completed: completed + needsReview };
  });
}

/** Of its first `ms`: calls after the first, over what the quota allows in that time. */
function figuresOf({ acceptedAt }: Awaited<ReturnType<Provider['stats']>>, rate: number, ms: number) {
  const calls = acceptedAt.filter((at) => at <= ms);
  const span = ((calls.at(-1) ?? 0) - (calls[0] ?? 0)) / 60_000;
  return { calls: calls.length, utilisation: ((calls.length - 1) / (span * rate)).toFixed(3) };
}

const seconds = (ms: number) => (ms / 1000).toFixed(1);
