import { readCarrier, type TraceContext } from '@image-studio/tracing';
import { type AttributeColumn, readColumns } from '../batch-store/attribute-columns.ts';
import type { BatchState, SkuEntry } from '../batch-store/batch-state.ts';
import { everySku } from '../batch-store/every-sku.ts';
import { readBatch } from '../batch-store/read-batch.ts';
import { isOpen } from '../redis/be-patient.ts';
import type { Database } from '../redis/database.ts';
import {
  noteManifestWrittenScript,
  postponeManifestScript,
  takeManifestScript,
} from './manifest-duty.lua.ts';

/** A batch that is being reviewed changes again and again; its manifest follows at this pace … */
const REST_MS = 2000;
/** … or, when that is more, rests so many times as long as it took to write: 80,000 pictures take a core most of a minute. */
const REST_TIMES = 4;

/** An ended batch whose manifest this process has taken upon itself. */
export interface DueManifest {
  batch: BatchState;
  columns: AttributeColumn[];
  /** Of the request that submitted the batch. */
  context?: TraceContext | undefined;
  /** All SKUs in the order of submission, a page at a time. May be read more than once. */
  skus(): AsyncIterable<SkuEntry>;
  /** The manifest is written. A change of the batch meanwhile makes it due again. */
  done(): Promise<void>;
  /** The manifest could not be written: any process may try at once, this one included. */
  giveBack(): Promise<void>;
}

/**
 * Which manifests are to be written. An ended batch is due from the moment of its end and after each later change, in the same
 * script that made it so; it stays due until a process has written it as it is. One process writes at a time.
 */
export interface ManifestDuty {
  next(): Promise<DueManifest | null>;
}

/** A process that takes a manifest keeps it while it lives; `leaseMs` after its death another one takes it. */
export function createManifestDuty(db: Database, leaseMs: number): ManifestDuty {
  const { redis, keys } = db;
  async function next(): Promise<DueManifest | null> {
    const id = (await takeManifestScript(redis, [keys.manifests], [leaseMs])) as string | null;
    if (id === null) return null;
    const over = keepLease(id);
    try {
      return (await read(id, over)) ?? (await next());
    } catch (error) {
      over();
      throw error;
    }
  }

  async function read(id: string, over: () => void): Promise<DueManifest | null> {
    const key = keys.batch(id);
    const takenAt = performance.now();
    const hash = await redis.hgetall(key);
    const batch = readBatch(hash);
    const seq = batch?.seq ?? -1;
    const noteWritten = async () => {
      over();
      const rest = Math.max(REST_MS, REST_TIMES * (performance.now() - takenAt));
      await noteManifestWrittenScript(redis, [keys.manifests, key], [id, seq, Math.round(rest)]);
    };
    if (batch === null || batch.finishedAt === null) {
      await noteWritten();
      return null;
    }
    return {
      batch,
      columns: await readColumns(db, id),
      context: readCarrier(hash.trace),
      skus: () => everySku(db, id),
      done: noteWritten,
      async giveBack() {
        over();
        await postponeManifestScript(redis, [keys.manifests], [id, 0]);
      },
    };
  }

  /** Returns the way to let go of it. */
  function keepLease(id: string): () => void {
    const timer = setInterval(() => {
      // Commands to a Redis that is away would queue up, and prolong a lease that is another's by then.
      if (isOpen(redis)) postponeManifestScript(redis, [keys.manifests], [id, leaseMs]).catch(() => {});
    }, leaseMs / 3);
    timer.unref();
    return () => clearInterval(timer);
  }
  return { next };
}
