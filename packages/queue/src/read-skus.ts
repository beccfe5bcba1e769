import { SkuInput, SkuRecord, type SkuState } from '@image-studio/contract';
import type { Redis } from './connect.ts';
import type { Keys } from './keys.ts';
import type { Page, SkuEntry } from './studio-api.ts';

/** States of `<batch>:states` as the outside names them. */
const STATE_OF: Record<string, SkuState> = {
  q: 'waiting',
  w: 'waiting',
  a: 'active',
  c: 'completed',
  f: 'failed',
  x: 'cancelled',
  r: 'needsReview',
};

/** SKUs fetched and looked at in one round trip while a filter searches. */
const SCAN_CHUNK = 500;

const EMPTY_RECORD: SkuRecord = { stage: null, attempts: 0, timeline: [], images: [] };

export interface SkuQuery {
  state?: SkuState;
  reason?: string;
  q?: string;
  cursor?: string;
  limit: number;
}

/** One page of a batch's SKUs in the order of submission. The cursor is the index to go on from. */
export async function listSkus(
  redis: Redis,
  keys: Keys,
  batchId: string,
  query: SkuQuery,
): Promise<Page<SkuEntry>> {
  const states = (await redis.get(`${keys.batch(batchId)}:states`)) ?? '';
  const candidates: number[] = [];
  for (let index = Number(query.cursor ?? 0); index < states.length; index += 1) {
    if (query.state === undefined || STATE_OF[states.charAt(index)] === query.state) candidates.push(index);
  }
  const needle = query.q?.toLocaleLowerCase();
  const items: SkuEntry[] = [];
  const isFiltered = needle !== undefined || query.reason !== undefined;
  const step = isFiltered ? SCAN_CHUNK : query.limit + 1;
  for (let at = 0; at < candidates.length && items.length <= query.limit; at += step) {
    const entries = await readEntries(redis, keys, batchId, states, candidates.slice(at, at + step));
    for (const entry of entries) {
      if (needle !== undefined && !entry.input.sku.toLocaleLowerCase().includes(needle)) continue;
      if (query.reason !== undefined && entry.record.failure?.code !== query.reason) continue;
      items.push(entry);
    }
  }
  const next = items[query.limit];
  return { items: items.slice(0, query.limit), nextCursor: next ? String(next.index) : null };
}

/** One SKU by its code. */
export async function findSku(
  redis: Redis,
  keys: Keys,
  batchId: string,
  sku: string,
): Promise<SkuEntry | null> {
  const batch = keys.batch(batchId);
  const index = await redis.hget(`${batch}:names`, sku);
  if (index === null) return null;
  const states = (await redis.get(`${batch}:states`)) ?? '';
  const [entry] = await readEntries(redis, keys, batchId, states, [Number(index)]);
  return entry ?? null;
}

/** The SKUs that changed after `seq`, oldest change first; `null` when more than `limit` did. */
export async function listChanges(
  redis: Redis,
  keys: Keys,
  batchId: string,
  seq: number,
  limit: number,
): Promise<{ seq: number; skus: SkuEntry[] } | null> {
  const batch = keys.batch(batchId);
  // Only up to the number read here: what changes meanwhile gets a higher one and is reported next time.
  const current = Number((await redis.hget(batch, 'seq')) ?? 0);
  const indices = await redis.zrangebyscore(`${batch}:changes`, `(${seq}`, current, 'LIMIT', 0, limit + 1);
  if (indices.length > limit) return null;
  const states = (await redis.get(`${batch}:states`)) ?? '';
  return { seq: current, skus: await readEntries(redis, keys, batchId, states, indices.map(Number)) };
}

async function readEntries(
  redis: Redis,
  keys: Keys,
  batchId: string,
  states: string,
  indices: number[],
): Promise<SkuEntry[]> {
  if (indices.length === 0) return [];
  const batch = keys.batch(batchId);
  const [inputs, records] = await Promise.all([
    redis.hmget(`${batch}:input`, ...indices.map(String)),
    redis.hmget(`${batch}:records`, ...indices.map(String)),
  ]);
  return indices.flatMap((index, position) => {
    const input = inputs[position];
    if (input == null) return [];
    const record = records[position];
    return [
      {
        index,
        input: SkuInput.parse(JSON.parse(input)),
        state: STATE_OF[states.charAt(index)] ?? 'waiting',
        record: record == null ? EMPTY_RECORD : SkuRecord.parse(JSON.parse(record)),
      },
    ];
  });
}
