import type { Database } from '../redis/database.ts';
import { expireUploads, type Upload } from '../uploads/uploads.ts';
import type { ControlDeps } from './control-batch.ts';
import { expireBatches } from './expire-batches.ts';

/** What one process of the fleet does for all of them, from time to time. */
export interface Housekeeping {
  /** Forgets batches that ended more than so many days ago and whose manifest is written; resolves to their ids. */
  expireBatches(days: number): Promise<string[]>;
  /** Acquires the lease of a duty that one process of the fleet does, at most once in `everyMs`; resolves to whether this process holds it. */
  acquireLease(what: string, everyMs: number): Promise<boolean>;
  /** Calls `drop` for every uploaded photo that was last uploaded before `before`, and forgets it. Returns how many. */
  expireUploads(before: number, drop: (tenant: string, upload: Upload) => Promise<void>): Promise<number>;
}

/** `control` is `undefined` until the process has opened its queues; `workerId` names it where a lease is held. */
export function createHousekeeping(
  db: Database,
  workerId: string,
  control: () => ControlDeps | undefined,
): Housekeeping {
  return {
    async expireBatches(days) {
      const deps = control();
      return deps === undefined ? [] : expireBatches(deps, days);
    },
    expireUploads: (before, drop) => expireUploads(db, before, drop),
    acquireLease: async (what, everyMs) =>
      (await db.redis.set(db.keys.lease(what), workerId, 'PX', everyMs, 'NX')) !== null,
  };
}
