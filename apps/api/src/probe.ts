import type { StudioApi } from '@image-studio/queue';
import { checkWithin, type ObjectStore } from '@image-studio/storage';

/** The store is asked at most this often: a check writes an object. */
const STORE_CHECK_EVERY_MS = 5000;
const STORE_TIMEOUT_MS = 2000;

/** How one of the parts that everything rests on is: how long it took to answer, or why it did not. */
export type PartHealth = { ok: true; ms: number } | { ok: false; message: string };

export type Probe = () => Promise<{ redis: PartHealth; store: PartHealth }>;

/** Asks Redis and the store whether they work. Never rejects. */
export function createProbe(api: Pick<StudioApi, 'ping'>, store: Pick<ObjectStore, 'check'>): Probe {
  const askStore = atMostEvery(STORE_CHECK_EVERY_MS, () => ask(() => checkWithin(store, STORE_TIMEOUT_MS)));
  return async () => {
    const [redis, objects] = await Promise.all([ask(() => api.ping()), askStore()]);
    return { redis, store: objects };
  };
}

async function ask(check: () => Promise<void>): Promise<PartHealth> {
  const started = performance.now();
  try {
    await check();
    return { ok: true, ms: Math.round((performance.now() - started) * 10) / 10 };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** Shares one outcome among everybody who asks within `intervalMs`. */
function atMostEvery<T>(intervalMs: number, work: () => Promise<T>): () => Promise<T> {
  let startedAt = Number.NEGATIVE_INFINITY;
  let outcome: Promise<T> | undefined;
  return () => {
    if (outcome === undefined || performance.now() - startedAt >= intervalMs) {
      startedAt = performance.now();
      outcome = work();
    }
    return outcome;
  };
}
