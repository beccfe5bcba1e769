import type { Database } from '../redis/database.ts';
import { BatchGone, type SkuEntry } from './batch-state.ts';
import { findSkus, readEntries, type SkuFilter } from './read-skus.ts';

/** SKUs held at a time, also by a reader that has stopped reading: with 8 pictures each about 1 MB. */
const PAGE = 20;

/**
 * The SKUs of a batch in the order of submission, a page at a time, at the reader's pace. Which ones is decided at the
 * start; each is told as it is when its page is read. A batch that is deleted meanwhile ends in `BatchGone`: half of it
 * must not pass for the whole. `within` runs each piece of reading.
 */
export async function* everySku(
  db: Database,
  batchId: string,
  filter: SkuFilter = {},
  within: <T>(read: () => Promise<T>) => Promise<T> = (read) => read(),
): AsyncGenerator<SkuEntry> {
  const { indices } = await within(() => findSkus(db, batchId, filter));
  for (let at = 0; at < indices.length; at += PAGE) {
    yield* await within(async () => {
      const states = await db.redis.get(`${db.keys.batch(batchId)}:states`);
      if (states === null) throw new BatchGone('the batch was deleted while it was read');
      return readEntries(db, batchId, states, indices.slice(at, at + PAGE));
    });
  }
}
