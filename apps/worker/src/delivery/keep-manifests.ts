import { setTimeout as sleep } from 'node:timers/promises';
import type { LinkOf } from '@image-studio/manifest';
import type { DueManifest, ManifestDuty } from '@image-studio/queue';
import { waitBriefly } from '@image-studio/runtime';
import type { ObjectStore } from '@image-studio/storage';
import { runIn, span } from '@image-studio/tracing';
import type { StoreGate } from '../store/store-gate.ts';
import { writeManifest } from './write-manifest.ts';

/** A manifest is there this long after the end of its batch; looking costs Redis one command. */
const LOOK_MS = 1000;
/** After a failure. */
const REST_MS = 2000;

export interface KeepManifestsDeps {
  duty: ManifestDuty;
  store: Pick<ObjectStore, 'putStream'>;
  gate: Pick<StoreGate, 'opened'>;
  linkOf: LinkOf;
  isConnected(): boolean;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/** Writes manifests as they come due, one at a time, while Redis and the store work. Returns the way to stop. */
export function keepManifests(deps: KeepManifestsDeps): () => Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  const running = (async () => {
    while (!signal.aborted) {
      const wait = await writeNext(deps, signal).catch((err: unknown) => {
        if (!signal.aborted) deps.log.warn({ err }, 'a manifest was not written');
        return REST_MS;
      });
      if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => {});
    }
  })();
  return async () => {
    stop.abort(new Error('shutting down'));
    await waitBriefly(running);
  };
}

/** Returns how long to wait before the next look. */
async function writeNext(deps: KeepManifestsDeps, signal: AbortSignal): Promise<number> {
  await deps.gate.opened(signal);
  // Commands to a Redis that is away would queue up.
  if (!deps.isConnected()) return LOOK_MS;
  const due = await deps.duty.next();
  if (due === null) return LOOK_MS;
  await runIn(due.context, () => write(due, deps, signal));
  return 0;
}

async function write(due: DueManifest, deps: KeepManifestsDeps, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  try {
    await span('manifest', {}, () => writeManifest(deps.store, due, deps.linkOf, signal));
  } catch (error) {
    await due.giveBack();
    throw error;
  }
  await due.done();
  deps.log.info({ batchId: due.batch.id, ms: Math.round(performance.now() - started) }, 'manifest written');
}
