import { BatchOptions } from '@image-studio/contract';
import type { Redis } from '../redis/connect.ts';
import type { Keys } from '../redis/keys.ts';

/**
 * Puts batches into Redis whose SKUs all wait for a job, as the script does that records one; returns their ids. In one command a
 * batch, so that thousands take seconds. SKUs `s0` … have one photo each.
 */
export async function seedBatches(
  redis: Redis,
  keys: Keys,
  what: { batches: number; skus: number; from?: number; tenant?: string },
): Promise<string[]> {
  const { batches, skus, from = 0, tenant = 'default' } = what;
  const options = JSON.stringify(BatchOptions.parse({}));
  const ids = Array.from({ length: batches }, (_, n) => `bseed${String(from + n).padStart(6, '0')}`);
  for (const [n, id] of ids.entries()) {
    await redis.eval(
      SEED,
      5,
      keys.batch(id),
      keys.batches(),
      keys.batches(tenant),
      keys.enqueueing,
      keys.open,
      id,
      tenant,
      options,
      skus,
      1_700_000_000_000 + from + n,
    );
  }
  return ids;
}

const SEED = /* lua */ `
local b, id, skus = KEYS[1], ARGV[1], tonumber(ARGV[4])
-- Of large ones only the first SKUs will ever be begun in a test.
for n = 0, math.min(skus, 100) - 1 do
  local sku = 's' .. n
  redis.call('HSET', b .. ':input', n, '{"sku":"' .. sku .. '","images":[{"url":"http://supplier.test/' .. sku .. '.jpg"}]}')
  redis.call('HSET', b .. ':names', sku, n)
end
redis.call('SET', b .. ':states', string.rep('q', skus))
redis.call('HSET', b, 'id', id, 'tenant', ARGV[2], 'name', '', 'options', ARGV[3],
  'total', skus, 'waiting', skus, 'active', 0, 'completed', 0, 'failed', 0, 'cancelled', 0, 'needsReview', 0,
  'imagesExpected', skus, 'imagesDone', 0, 'callsMade', 0, 'callsReused', 0, 'callsFailed', 0, 'costMicroUsd', 0,
  'seq', 1, 'run', 1, 'minRun', 1, 'concurrency', 0, 'isCancelled', 0, 'paused', 0, 'pausedFor', '', 'budgetMicroUsd', 0,
  'createdAt', ARGV[5], 'finishedAt', '')
for i = 2, 5 do redis.call('ZADD', KEYS[i], ARGV[5], id) end
`;
