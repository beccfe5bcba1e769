import type { Database } from '../redis/database.ts';
import type { SkuEntry } from './batch-state.ts';
import { readEntries } from './read-skus.ts';

/** The SKUs of a batch that are made first, whole, in the order of submission; none where all are made at once. */
export async function readSample(db: Database, batchId: string): Promise<SkuEntry[]> {
  const { redis, keys } = db;
  const batch = keys.batch(batchId);
  const [places, states] = await Promise.all([redis.hget(batch, 'sampleOf'), redis.get(`${batch}:states`)]);
  return readEntries(db, batchId, states ?? '', places ? places.split(',').map(Number) : []);
}
