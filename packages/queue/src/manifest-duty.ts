import { type AttributeColumn, readColumns } from './attribute-columns.ts';
import type { Redis } from './connect.ts';
import type { Keys } from './keys.ts';
import { settleManifestScript, takeManifestScript } from './lua/manifest-duty.ts';
import { readBatch } from './read-batch.ts';
import { listSkus } from './read-skus.ts';
import type { BatchState, SkuEntry } from './studio-api.ts';

/** Whoever takes a manifest has so long to write it, and from each page of SKUs on anew; then it is another's turn. */
const LEASE_MS = 60_000;
/** A batch that is being reviewed changes again and again; its manifest follows at this pace. */
const REWRITE_MS = 2000;
/** SKUs held at a time. */
const PAGE = 100;

/** An ended batch whose manifest this process has taken upon itself. */
export interface DueManifest {
  batch: BatchState;
  columns: AttributeColumn[];
  /** All SKUs in the order of submission, a page at a time. May be read more than once. */
  skus(): AsyncIterable<SkuEntry>;
  /** It is written. What changed meanwhile makes it due again. */
  done(): Promise<void>;
  /** It could not be written: anybody may try at once, this process included. */
  giveBack(): Promise<void>;
}

/**
 * Which manifests are to be written. An ended batch is due from the moment of its end and after each later change, in
 * the same script that made it so; it stays due until somebody has written it as it is. One process at a time.
 */
export interface ManifestDuty {
  next(): Promise<DueManifest | null>;
}

export function createManifestDuty(redis: Redis, keys: Keys): ManifestDuty {
  async function next(): Promise<DueManifest | null> {
    const id = (await takeManifestScript(redis, [keys.manifests], [LEASE_MS])) as string | null;
    if (id === null) return null;
    const key = keys.batch(id);
    const batch = readBatch(await redis.hgetall(key));
    const seq = batch?.seq ?? -1;
    const settle = () => settleManifestScript(redis, [keys.manifests, key], [id, seq, REWRITE_MS]);
    if (batch === null || batch.finishedAt === null) {
      await settle();
      return next();
    }
    return {
      batch,
      columns: await readColumns(redis, keys, id),
      async *skus() {
        let cursor: string | null = null;
        do {
          await redis.zadd(keys.manifests, 'XX', Date.now() + LEASE_MS, id);
          const page: Awaited<ReturnType<typeof listSkus>> = await listSkus(redis, keys, id, {
            limit: PAGE,
            ...(cursor !== null && { cursor }),
          });
          yield* page.items;
          cursor = page.nextCursor;
        } while (cursor !== null);
      },
      done: async () => void (await settle()),
      giveBack: async () => void (await redis.zadd(keys.manifests, 'XX', Date.now(), id)),
    };
  }
  return { next };
}
