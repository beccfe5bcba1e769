import type { StudioWorker } from '@image-studio/queue';
import type { ObjectStore } from '@image-studio/storage';
import { waitBriefly } from '../wait-briefly.ts';

/** Looked at soon after a start, because a studio on a desk may run for an hour a day, and then every hour. */
const FIRST_LOOK_MS = 60_000;
const LOOK_MS = 3_600_000;
/** One process of the fleet clears, this often. */
const TURN_MS = 6 * 3_600_000;
const DAY_MS = 86_400_000;

export interface ClearingDeps {
  /** 0: for good. */
  keepDays: { inputs: number; answers: number };
  store: Pick<ObjectStore, 'expire'>;
  studio: Pick<StudioWorker, 'takeTurn' | 'isConnected'>;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  firstLookMs?: number;
}

/**
 * Deletes prepared photos and model answers that nobody has written for long. What a batch uses it writes first, so only one
 * that waits for longer than that can miss something: it downloads its photo anew. Returns the way to stop.
 */
export function clearWorkingAreas(deps: ClearingDeps): () => Promise<void> {
  const stop = new AbortController();
  let clearing: Promise<void> = Promise.resolve();
  const look = () => {
    clearing = clear(deps, stop.signal).catch((err: unknown) => {
      if (!stop.signal.aborted) deps.log.warn({ err }, 'working areas were not cleared');
    });
  };
  let timer = setTimeout(() => {
    look();
    timer = setInterval(look, LOOK_MS);
  }, deps.firstLookMs ?? FIRST_LOOK_MS);
  return async () => {
    clearTimeout(timer);
    stop.abort(new Error('shutting down'));
    await waitBriefly(clearing);
  };
}

async function clear({ keepDays, store, studio, log }: ClearingDeps, signal: AbortSignal): Promise<void> {
  if (!studio.isConnected() || !(await studio.takeTurn('clearing', TURN_MS))) return;
  for (const [area, days] of [
    ['inputs', keepDays.inputs],
    ['ai', keepDays.answers],
  ] as const) {
    if (days === 0) continue;
    const removed = await store.expire?.(area, new Date(Date.now() - days * DAY_MS), signal);
    if (removed) log.info({ area, days, removed }, 'cleared');
  }
}
