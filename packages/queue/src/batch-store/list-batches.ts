import type { BatchStatus } from '@image-studio/contract';
import type { Redis } from '../redis/connect.ts';
import type { Database } from '../redis/database.ts';
import { createdAtOf } from './batch-id.ts';
import type { BatchState, Page } from './batch-state.ts';
import { estimateEta, type Pace } from './eta.ts';
import { expiryOf } from './expiry-of.ts';
import { readBatch } from './read-batch.ts';
import { readHistory } from './read-history.ts';
import { readPools } from './read-pools.ts';
import { seenPace } from './seen-pace.ts';
import { type Standing, workLeft } from './work-left.ts';

/** Batches looked at in one round trip while a status filter searches. */
const SCAN_CHUNK = 100;

export interface BatchQuery {
  tenant?: string;
  status?: BatchStatus;
  /** Part of the name or of the id, in any case. */
  q?: string;
  /** Only batches with SKUs that need review. */
  toReview?: boolean;
  cursor?: string;
  limit: number;
}

/** One page, newest first. */
export async function listBatches(
  db: Database,
  query: BatchQuery,
  readPace: (pools: readonly string[]) => Promise<Pace>,
  retentionDays: number,
): Promise<Page<BatchState>> {
  const { redis, keys } = db;
  const index = keys.batches(query.tenant);
  const items: BatchState[] = [];
  const needle = query.q?.toLocaleLowerCase();
  // The cursor is the id of the last one shown: batches that arrive meanwhile shift nothing.
  let from = query.cursor === undefined ? 0 : await positionAfter(redis, index, query.cursor);
  for (;;) {
    const ids = await redis.zrevrange(index, from, from + SCAN_CHUNK - 1);
    for (const batch of await readBatches(db, ids, readPace, retentionDays)) {
      if (query.status !== undefined && batch.status !== query.status) continue;
      if (query.toReview === true && batch.counts.needsReview === 0) continue;
      if (needle !== undefined && !isNamed(batch, needle)) continue;
      if (items.length === query.limit) return { items, nextCursor: items.at(-1)?.id ?? null };
      items.push(batch);
    }
    if (ids.length < SCAN_CHUNK) return { items, nextCursor: null };
    from += ids.length;
  }
}

function isNamed({ id, name }: BatchState, needle: string): boolean {
  return id.includes(needle) || name?.toLocaleLowerCase().includes(needle) === true;
}

async function positionAfter(redis: Redis, index: string, id: string): Promise<number> {
  const rank = await redis.zrevrank(index, id);
  if (rank !== null) return rank + 1;
  // The batch was deleted meanwhile: go on after its time of creation, which is part of the id.
  return redis.zcount(index, `(${createdAtOf(id)}`, '+inf');
}

/** The batches that exist among `ids`, in that order, with their ETA and the time when they will be forgotten. */
export async function readBatches(
  db: Database,
  ids: string[],
  readPace: (pools: readonly string[]) => Promise<Pace>,
  retentionDays: number,
): Promise<BatchState[]> {
  const { redis, keys } = db;
  const hashes = await Promise.all(ids.map((id) => redis.hgetall(keys.batch(id))));
  const batches = await Promise.all(
    hashes.map(async (hash) => {
      const batch = readBatch(hash);
      if (batch === null) return null;
      const pools = readPools(hash.pools);
      return {
        ...batch,
        eta: untilDeadline(hash, await etaOf(db, hash, batch, () => readPace(pools))),
        expiresAt: expiryOf(batch.finishedAt, retentionDays),
      };
    }),
  );
  return batches.filter((batch) => batch !== null);
}

/**
 * Nobody knows when a provider's batch comes back: until the release only the deadline is known, and the earliest time that is
 * possible.
 */
function untilDeadline(hash: Record<string, string>, eta: BatchState['eta']): BatchState['eta'] {
  if (eta === null || hash.lane !== 'economy' || hash.released === '1') return eta;
  const highSeconds = Math.max(1, Math.round((Number(hash.deadlineMs) - Date.now()) / 1000));
  return { lowSeconds: Math.min(eta.lowSeconds, highSeconds), highSeconds };
}

async function etaOf(
  db: Database,
  hash: Record<string, string>,
  batch: BatchState,
  readPace: () => Promise<Pace>,
): Promise<BatchState['eta']> {
  const { counts, images, calls, sample } = batch;
  // While a sample is made, that is what somebody waits for.
  const held = sample?.state === 'making' ? counts.total - sample.size : 0;
  const left = Math.max(0, counts.waiting + counts.active - held);
  if (left === 0 || batch.status === 'paused') return null;
  const [{ backlog, isStopped, secondCalls, ...pace }, history, again] = await Promise.all([
    readPace(),
    db.redis.hgetall(`${db.keys.batch(batch.id)}:history`),
    readAskedAgain(db, hash, batch),
  ]);
  if (isStopped) return null;
  const seen = seenPace(readHistory(history), Date.now() / 1000);
  const perSku = images.expected / counts.total;
  const listedOfEnded = Math.round((counts.completed + counts.needsReview) * perSku);
  const picturesLeft = Math.max(1, Math.round(left * perSku));
  return estimateEta({
    picturesLeft,
    work: workLeft({
      pictures: picturesLeft,
      listed: Math.max(0, images.done - listedOfEnded),
      listedEver: images.done,
      calls: calls.made - calls.failed + calls.reused,
      reused: calls.reused,
      again,
      known: secondCalls,
      seen,
      latencyMs: pace.latencyMs,
    }),
    callsLeftElsewhere: Math.max(0, backlog - (counts.waiting - held)),
    seen,
    ...pace,
  });
}

/** A SKU of one picture that is at work although it is listed was asked for again. `null` where that says nothing, or was not counted yet. */
async function readAskedAgain(
  { redis, keys }: Database,
  { askedAgain }: Record<string, string>,
  { id, counts, images }: BatchState,
): Promise<Standing['again']> {
  if (askedAgain === undefined || images.expected !== counts.total) return null;
  // Most batches ask for nothing again: their strings are not read.
  if (askedAgain === '0') return { ever: 0, open: 0 };
  const b = keys.batch(id);
  const [states, stages] = await Promise.all([redis.get(`${b}:states`), redis.get(`${b}:stages`)]);
  let open = 0;
  for (let index = 0; index < (stages ?? '').length; index += 1) {
    if (states?.[index] === 'a' && 'GFU'.includes(stages?.[index] ?? '-')) open += 1;
  }
  return { ever: Math.max(open, Number(askedAgain)), open };
}
