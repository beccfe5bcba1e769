import { createHash } from 'node:crypto';
import { BatchOptions, SkuRecord } from '@image-studio/contract';
import type { SkuEntry } from '../batch-store/batch-state.ts';
import { parseShown } from '../batch-store/parse-known.ts';
import { readEntries } from '../batch-store/read-skus.ts';
import { choreKeys } from '../chores/chores.ts';
import type { Database } from '../redis/database.ts';
import { recordRemarkedScript } from './remarks.lua.ts';

/** What became of the files of a SKU. */
export const REMARK_COUNTS = ['written', 'marked', 'notAi', 'missing', 'tooLarge'] as const;
export type RemarkCounts = Record<(typeof REMARK_COUNTS)[number], number>;

/** What was done about one SKU: counts, and how large its listed files are now, by key. */
export interface RemarkedSku {
  counts: RemarkCounts;
  bytes: ReadonlyMap<string, number>;
}

/** What a worker needs to write marks into the pictures of a batch. */
export interface RemarkWork {
  /** `null` when the batch is gone. */
  remarkTerms(batchId: string): Promise<BatchOptions | null>;
  /** SKUs of this part that are not done yet in this run. */
  skusToRemark(batchId: string, from: number, to: number): Promise<SkuEntry[]>;
  /** Counts a SKU, once, and corrects the sizes in its record unless a job has changed it meanwhile. */
  recordRemarked(batchId: string, index: number, done: RemarkedSku): Promise<void>;
}

export function createRemarkWork(db: Database): RemarkWork {
  const { redis, keys } = db;
  return {
    async remarkTerms(batchId) {
      const options = await redis.hget(keys.batch(batchId), 'options');
      return options === null ? null : parseShown(BatchOptions, JSON.parse(options));
    },
    async skusToRemark(batchId, from, to) {
      const [chore] = choreKeys(keys, 'remark', batchId);
      const places = Array.from({ length: to - from }, (_, at) => from + at);
      const seen = await Promise.all(places.map((place) => redis.getbit(`${chore}:seen`, place)));
      const states = (await redis.get(`${keys.batch(batchId)}:states`)) ?? '';
      const left = places.filter((_, at) => seen[at] === 0);
      return readEntries(db, batchId, states, left);
    },
    async recordRemarked(batchId, index, { counts, bytes }) {
      const batch = keys.batch(batchId);
      const [chore] = choreKeys(keys, 'remark', batchId);
      const known = (await redis.hget(`${batch}:records`, String(index))) ?? '';
      const changed = known === '' || bytes.size === 0 ? '' : withBytes(known, bytes);
      await recordRemarkedScript(
        redis,
        [chore, batch],
        [
          index,
          createHash('sha1').update(known).digest('hex'),
          changed,
          ...REMARK_COUNTS.flatMap((name) => [name, counts[name]]),
        ],
      );
    },
  };
}

/** A record of which a newer version has written more stays as it is: its sizes are then those of before. */
function withBytes(record: string, bytes: ReadonlyMap<string, number>): string {
  const parsed = SkuRecord.safeParse(JSON.parse(record));
  if (!parsed.success) return '';
  const images = parsed.data.images.map((image) => ({
    ...image,
    bytes: bytes.get(image.key) ?? image.bytes,
  }));
  return JSON.stringify({ ...parsed.data, images });
}
