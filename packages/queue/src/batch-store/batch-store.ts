import type { BatchPlan, BatchSummary } from '@image-studio/contract';
import type { Database } from '../redis/database.ts';
import { type AttributeColumn, readColumns } from './attribute-columns.ts';
import type { BatchState, Page, SkuEntry } from './batch-state.ts';
import type { Pace } from './eta.ts';
import { everySku } from './every-sku.ts';
import { type BatchQuery, listBatches, readBatches } from './list-batches.ts';
import { listSkuPlaces } from './list-sku-places.ts';
import { readPlan } from './read-plan.ts';
import { readSample } from './read-sample.ts';
import {
  type Detail,
  findSku,
  listChanges,
  listSkus,
  type SkuFilter,
  type SkuQuery,
  selectCodes,
  selectSkus,
} from './read-skus.ts';
import { readSummary } from './read-summary.ts';

/** What is known of batches and their SKUs. A batch of another tenant is `null`, like one that never was: callers pass the tenant of the key, or `undefined` for the inside. */
export interface BatchStore {
  batch(id: string, tenant?: string): Promise<BatchState | null>;
  /** Newest first. */
  batches(query: BatchQuery): Promise<Page<BatchState>>;
  /** In the order of submission. */
  skus(batchId: string, query: SkuQuery): Promise<Page<SkuEntry>>;
  /** All that a filter finds, a few at a time, at the reader's pace. Fails when the batch is deleted meanwhile. */
  everySku(batchId: string, filter?: SkuFilter): AsyncIterable<SkuEntry>;
  sku(batchId: string, sku: string): Promise<SkuEntry | null>;
  /** The batches of `tenant` that have a SKU of exactly this code, newest first, at most `limit`. */
  findSku(
    tenant: string,
    sku: string,
    limit: number,
  ): Promise<{ batchId: string; batchName: string | null }[]>;
  /** The SKUs that are made first, whole, in the order of submission; none where all are made at once. */
  sample(batchId: string): Promise<SkuEntry[]>;
  /** What the batch's calls are made with; `null` for batches of earlier versions. */
  plan(batchId: string): Promise<BatchPlan | null>;
  /** The batch's attributes, as columns of its manifest. */
  columns(batchId: string): Promise<AttributeColumn[]>;
  /** Stages, failures, failing checks and history; cheap at any size. */
  summary(batchId: string): Promise<BatchSummary>;
  /** The SKUs that changed after `seq`, latest state only, oldest change first; `null` when more than `limit` did. */
  changes(
    batchId: string,
    seq: number,
    limit: number,
    detail?: Detail,
  ): Promise<{ seq: number; skus: SkuEntry[] } | null>;
  /** Current `seq` of each batch, for the relay's poll; batches that are gone are left out. */
  seqs(batchIds: string[]): Promise<Map<string, number>>;
  /** Codes of the SKUs that a filter finds, in the order of submission. */
  codes(batchId: string, filter: SkuFilter): Promise<string[]>;
  /** Places of the SKUs that a filter finds, of those named if `skus` is given. */
  select(batchId: string, filter: SkuFilter & { skus?: string[] }): Promise<number[]>;
}

/** `within` runs each piece of a reading that takes long (`everySku`); every other method is one piece. */
export function createBatchStore(
  db: Database,
  {
    readPace,
    retentionDays,
    within,
  }: {
    readPace: (pools: readonly string[]) => Promise<Pace>;
    retentionDays: number;
    within: <T>(read: () => Promise<T>) => Promise<T>;
  },
): BatchStore {
  const { redis, keys } = db;
  return {
    async batch(id, tenant) {
      const [found] = await readBatches(db, [id], readPace, retentionDays);
      return found && (tenant === undefined || found.tenant === tenant) ? found : null;
    },
    batches: (query) => listBatches(db, query, readPace, retentionDays),
    skus: (batchId, query) => listSkus(db, batchId, query),
    everySku: (batchId, filter) => everySku(db, batchId, filter, within),
    sku: (batchId, sku) => findSku(db, batchId, sku),
    findSku: (tenant, sku, limit) => listSkuPlaces(db, { tenant, sku, limit }),
    sample: (batchId) => readSample(db, batchId),
    plan: (batchId) => readPlan(db, batchId),
    columns: (batchId) => readColumns(db, batchId),
    summary: (batchId) => readSummary(db, batchId),
    changes: (batchId, seq, limit, detail) => listChanges(db, batchId, seq, limit, detail),
    async seqs(batchIds) {
      const values = await Promise.all(batchIds.map((id) => redis.hget(keys.batch(id), 'seq')));
      return new Map(
        batchIds.flatMap((id, at) => (values[at] == null ? [] : [[id, Number(values[at])] as const])),
      );
    },
    codes: (batchId, filter) => selectCodes(db, batchId, filter),
    select: (batchId, filter) => selectSkus(db, batchId, filter),
  };
}
