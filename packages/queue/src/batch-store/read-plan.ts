import { BatchPlan } from '@image-studio/contract';
import type { Database } from '../redis/database.ts';
import { parseShown } from './parse-known.ts';

/** What the batch's calls are made with; `null` for a batch that was submitted without a plan. */
export async function readPlan(db: Database, batchId: string): Promise<BatchPlan | null> {
  const { redis, keys } = db;
  const json = await redis.get(`${keys.batch(batchId)}:plan`);
  return json ? parseShown(BatchPlan, JSON.parse(json)) : null;
}
