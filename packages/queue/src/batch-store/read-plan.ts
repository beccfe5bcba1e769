import { BatchPlan } from '@image-studio/contract';
import type { Redis } from '../redis/connect.ts';
import type { Keys } from './keys.ts';
import { parseShown } from './parse-known.ts';

/** What the batch's calls are made with; `null` for a batch that was submitted without a plan. */
export async function readPlan(redis: Redis, keys: Keys, batchId: string): Promise<BatchPlan | null> {
  const json = await redis.get(`${keys.batch(batchId)}:plan`);
  return json ? parseShown(BatchPlan, JSON.parse(json)) : null;
}
