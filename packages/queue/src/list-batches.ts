import type { BatchStatus, Eta } from '@image-studio/contract';
import { createdAtOf } from './batch-id.ts';
import type { Redis } from './connect.ts';
import { type EtaInput, estimateEta } from './eta.ts';
import type { Keys } from './keys.ts';
import { percentiles, type QuotaConfig } from './quota.ts';
import { readBatch } from './read-batch.ts';
import { defineScript } from './script.ts';
import type { BatchState, Page } from './studio-api.ts';

/** Batches looked at in one round trip while a status filter searches. */
const SCAN_CHUNK = 100;

/** One page, newest first. */
export async function listBatches(
  redis: Redis,
  keys: Keys,
  query: { tenant?: string; status?: BatchStatus; q?: string; cursor?: string; limit: number },
  quota: QuotaConfig,
): Promise<Page<BatchState>> {
  const index = keys.batches(query.tenant);
  const items: BatchState[] = [];
  const needle = query.q?.toLocaleLowerCase();
  // The cursor is the id of the last one shown: batches that arrive meanwhile shift nothing.
  let from = query.cursor === undefined ? 0 : await positionAfter(redis, index, query.cursor);
  for (;;) {
    const ids = await redis.zrevrange(index, from, from + SCAN_CHUNK - 1);
    if (ids.length === 0) return { items, nextCursor: null };
    for (const batch of await readBatches(redis, keys, ids, quota)) {
      if (query.status !== undefined && batch.status !== query.status) continue;
      if (needle !== undefined && !isNamed(batch, needle)) continue;
      if (items.length === query.limit) return { items, nextCursor: items.at(-1)?.id ?? null };
      items.push(batch);
    }
    from += ids.length;
  }
}

function isNamed({ id, name }: BatchState, needle: string): boolean {
  return id.includes(needle) || name?.toLocaleLowerCase().includes(needle) === true;
}

async function positionAfter(redis: Redis, index: string, id: string): Promise<number> {
  const rank = await redis.zrevrank(index, id);
  if (rank !== null) return rank + 1;
  // It was deleted meanwhile: go on after its time of creation, which is part of the id.
  return redis.zcount(index, `(${createdAtOf(id)}`, '+inf');
}

/** How long a batch of so many calls would take if it were submitted now. */
export async function estimateCalls(
  redis: Redis,
  keys: Keys,
  quota: QuotaConfig,
  calls: number,
): Promise<Eta | null> {
  const { backlog, ...pace } = await readPace(redis, keys, quota);
  return estimateEta({ callsLeft: calls, callsLeftElsewhere: backlog, ...pace });
}

/** The batches that exist among `ids`, in that order, with their ETA. */
export async function readBatches(
  redis: Redis,
  keys: Keys,
  ids: string[],
  quota: QuotaConfig,
): Promise<BatchState[]> {
  const [pace, ...hashes] = await Promise.all([
    readPace(redis, keys, quota),
    ...ids.map((id) => redis.hgetall(keys.batch(id))),
  ]);
  return hashes.flatMap((hash) => {
    const batch = readBatch(hash);
    if (!batch) return [];
    return [{ ...batch, eta: etaOf(batch, pace) }];
  });
}

const waitingScript = defineScript(/* lua */ `
local sum = 0
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  sum = sum + tonumber(redis.call('HGET', ARGV[1] .. id, 'waiting') or '0')
end
return sum
`);

/** How fast the fleet is, and how many SKUs wait for it. */
type Pace = Pick<EtaInput, 'callsPerMinute' | 'latencyMs'> & { backlog: number };

async function readPace(redis: Redis, keys: Keys, quota: QuotaConfig): Promise<Pace> {
  const [override, backlog, latencies] = await Promise.all([
    redis.hget(keys.quota, 'callsPerMinute'),
    waitingScript(redis, [keys.open], [keys.batch('')]),
    redis.lrange(keys.latencies, 0, -1),
  ]);
  return {
    callsPerMinute: Number(override ?? quota.callsPerMinute),
    latencyMs: percentiles(latencies.map(Number)),
    backlog: Number(backlog),
  };
}

function etaOf(batch: BatchState, { backlog, ...pace }: Pace): BatchState['eta'] {
  const { counts, images } = batch;
  const left = counts.waiting + counts.active;
  if (left === 0 || batch.status === 'paused') return null;
  const imagesPerSku = images.expected / counts.total;
  const callsLeft = Math.max(1, Math.round(left * imagesPerSku));
  const callsLeftElsewhere = Math.max(0, backlog - counts.waiting);
  return estimateEta({ callsLeft, callsLeftElsewhere, ...pace });
}
