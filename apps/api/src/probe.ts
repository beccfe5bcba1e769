import type { StudioApi } from '@image-studio/queue';
import { atMostEvery } from '@image-studio/runtime';
import { checkWithin, type ObjectStore } from '@image-studio/storage';

/** The store is asked at most this often: a check writes an object. */
const STORE_CHECK_EVERY_MS = 5000;
const STORE_TIMEOUT_MS = 2000;
/** Nobody needs a key to ask, so many may at once. */
const REDIS_CHECK_EVERY_MS = 100;

/** How one of the parts that everything rests on is: how long it took to answer, or why it did not. */
export type PartHealth = { ok: true; ms: number } | { ok: false; message: string };

export type Probe = () => Promise<{ redis: PartHealth; store: PartHealth }>;

/** Asks Redis and the store whether they work. Never rejects. */
export function createProbe(api: Pick<StudioApi, 'ping'>, store: Pick<ObjectStore, 'check'>): Probe {
  const askStore = atMostEvery(STORE_CHECK_EVERY_MS, () => ask(() => checkWithin(store, STORE_TIMEOUT_MS)));
  const askRedis = atMostEvery(REDIS_CHECK_EVERY_MS, () => ask(() => api.ping()));
  return async () => {
    const [redis, objects] = await Promise.all([askRedis(), askStore()]);
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
