import { waitBriefly } from '@image-studio/runtime';
import { auditThumbKey, type ObjectStore, tableKey } from '@image-studio/storage';

/** Looked at soon after a start, because a studio on a desk may run for an hour a day, and then every hour. */
const FIRST_LOOK_MS = 60_000;
const LOOK_MS = 3_600_000;

/** What the fleet agrees on: who forgets, and which batches are due. */
interface ForgettingTurns {
  isConnected(): boolean;
  acquireLease(what: string, everyMs: number): Promise<boolean>;
  /** Forgets batches that ended so many days ago; returns their ids. */
  expireBatches(days: number): Promise<string[]>;
  /** Forgets audits that ended more than `days` ago; returns the places of their pictures that may have a thumbnail in the store. */
  expireAudits(days: number): Promise<{ id: string; examples: number[] }[]>;
}

export interface ForgettingDeps {
  /** 0: for good. */
  days: number;
  fleet: ForgettingTurns;
  store: Pick<ObjectStore, 'delete'>;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  firstLookMs?: number;
}

/** Has one process of the fleet forget, every hour, the batches that ended too long ago. Returns the way to stop. */
export function forgetBatches(deps: ForgettingDeps): () => Promise<void> {
  const { days, log, firstLookMs } = deps;
  if (days === 0) return async () => {};
  let forgetting: Promise<void> = Promise.resolve();
  const look = () => {
    forgetting = forget(deps).catch((err: unknown) => {
      log.warn({ err }, 'old batches were not forgotten');
    });
  };
  let timer = setTimeout(() => {
    look();
    timer = setInterval(look, LOOK_MS);
  }, firstLookMs ?? FIRST_LOOK_MS);
  return async () => {
    clearTimeout(timer);
    await waitBriefly(forgetting);
  };
}

/** A batch's submission goes with it. When a process dies here, the objects that it leaves are never read again. */
async function forget({ days, fleet, store, log }: ForgettingDeps): Promise<void> {
  if (!fleet.isConnected() || !(await fleet.acquireLease('forgetting', LOOK_MS / 2))) return;
  const batches = await fleet.expireBatches(days);
  for (const id of batches) await store.delete(tableKey(id));
  for (const { id, examples } of await fleet.expireAudits(days)) {
    await store.delete(tableKey(id));
    for (const index of examples) await store.delete(auditThumbKey(id, index));
  }
  if (batches.length > 0) {
    log.info({ days, batches: batches.length }, 'old batches forgotten; their pictures and manifests stay');
  }
}
