import { waitBriefly } from '@image-studio/runtime';
import { type ObjectStore, uploadKey } from '@image-studio/storage';

/** Looked at soon after a start, because a studio on a desk may run for an hour a day, and then every hour. */
const FIRST_LOOK_MS = 60_000;
const LOOK_MS = 3_600_000;
/** One process of the fleet clears, this often. */
const LEASE_MS = 6 * 3_600_000;
const DAY_MS = 86_400_000;
/** A feed that was not pulled for so long is pulled as if it were new. */
const PULLS_KEEP_DAYS = 180;

/** What the fleet agrees on: who clears, and which uploaded photos are due. */
interface ClearingTurns {
  isConnected(): boolean;
  acquireLease(what: string, everyMs: number): Promise<boolean>;
  /** Calls `drop` for each photo that was last uploaded before that time, and forgets it. Returns how many. */
  expireUploads(
    before: number,
    drop: (tenant: string, upload: { sha256: string }) => Promise<void>,
  ): Promise<number>;
}

export interface ClearingDeps {
  /** 0: for good. */
  keepDays: { inputs: number; answers: number; uploads: number };
  store: Pick<ObjectStore, 'expire' | 'delete'>;
  fleet: ClearingTurns;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  firstLookMs?: number;
}

/**
 * Deletes prepared photos and model answers that nobody has written for long, which buckets do by themselves, and uploaded
 * photos, in any store. A batch writes an object before it uses it, so only a batch that waits for longer than that can miss
 * one: it downloads its photo anew. Returns the way to stop.
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

async function clear({ keepDays, store, fleet, log }: ClearingDeps, signal: AbortSignal): Promise<void> {
  if (!fleet.isConnected() || !(await fleet.acquireLease('clearing', LEASE_MS))) return;
  if (keepDays.uploads > 0) {
    const before = Date.now() - keepDays.uploads * DAY_MS;
    const removed = await fleet.expireUploads(before, async (tenant, { sha256 }) => {
      signal.throwIfAborted();
      await store.delete(uploadKey(tenant, sha256));
    });
    if (removed > 0) log.info({ area: 'photos', days: keepDays.uploads, removed }, 'cleared');
  }
  for (const [area, days] of [
    ['inputs', keepDays.inputs],
    ['ai', keepDays.answers],
    ['pulls', PULLS_KEEP_DAYS],
    // Photos that Redis has lost its note of. A photo that is uploaded again and again is written at least once a day.
    ['photos', keepDays.uploads === 0 ? 0 : keepDays.uploads + 2],
  ] as const) {
    if (days === 0) continue;
    const removed = await store.expire?.(area, new Date(Date.now() - days * DAY_MS), signal);
    if (removed) log.info({ area, days, removed }, 'cleared');
  }
}
