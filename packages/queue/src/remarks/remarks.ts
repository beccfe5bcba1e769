import { choreKeys, readChore, startChore } from '../chores/chores.ts';
import type { Database } from '../redis/database.ts';
import { REMARK_COUNTS, type RemarkCounts } from './remark-work.ts';

/** How far the writing of marks into the pictures of a batch has come. Times in ms. */
export interface RemarkState {
  status: 'running' | 'completed' | 'failed';
  skus: { total: number; done: number };
  counts: RemarkCounts;
  startedAt: number;
  finishedAt: number | null;
}

/** Marks of AI pictures that are in the store already. */
export interface Remarks {
  /** Has the workers write the marks that are missing; while they do, asking again changes nothing. */
  remark(batchId: string): Promise<void>;
  /** `null` when nobody has asked for it. */
  remarkState(batchId: string): Promise<RemarkState | null>;
}

/** SKUs of a part: some seconds of reading and writing. */
const PART = 20;

export function createRemarks(db: Database): Remarks {
  const { redis, keys } = db;
  return {
    async remark(batchId) {
      const items = Number((await redis.hget(keys.batch(batchId), 'total')) ?? 0);
      await startChore(db, { kind: 'remark', id: batchId, items, size: PART });
    },
    async remarkState(batchId) {
      const chore = await readChore(db, 'remark', batchId);
      if (chore === null) return null;
      const [key] = choreKeys(keys, 'remark', batchId);
      const told = await redis.hmget(key, 'n skus', ...REMARK_COUNTS.map((name) => `n ${name}`));
      const [done = 0, ...numbers] = told.map(Number);
      const counts = Object.fromEntries(REMARK_COUNTS.map((name, at) => [name, numbers[at] ?? 0]));
      return {
        status: chore.status,
        skus: { total: chore.items, done },
        counts: counts as RemarkCounts,
        startedAt: chore.startedAt,
        finishedAt: chore.endedAt,
      };
    },
  };
}
