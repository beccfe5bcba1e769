import { Decision, SkuInput, SkuRecord, type SkuState } from '@image-studio/contract';
import { executeAll } from '../redis/connect.ts';
import type { Database } from '../redis/database.ts';
import type { Page, SkuEntry } from './batch-state.ts';
import { failureCodes } from './failure-codes.ts';
import { parseShown } from './parse-known.ts';
import { STATE_OF } from './sku-characters.ts';
import { lowerCaseCodes } from './sku-codes.ts';
import { joinDetails } from './sku-details.ts';
import { yieldToEventLoop } from './yield-to-event-loop.ts';

/** Names looked up in one round trip. */
const NAMES_CHUNK = 1000;

const EMPTY_RECORD: SkuRecord = { stage: null, attempts: 0, timeline: [], images: [] };

export interface SkuFilter {
  state?: SkuState | undefined;
  /** A failure code. */
  reason?: string | undefined;
  /** Name of a check that a picture fails. */
  rule?: string | undefined;
  /** Part of the SKU code, in any case. */
  q?: string | undefined;
  /** A photo of `sharedPhotos` that is its main one. */
  photo?: string | undefined;
}

/** How much of a SKU's record is read: `brief` goes without timelines, prompts, and checks that pass. */
export type Detail = 'whole' | 'brief';

export interface SkuQuery extends SkuFilter {
  cursor?: string;
  limit: number;
  /** Default: whole. */
  detail?: Detail;
}

/** One page of a batch's SKUs in the order of submission. The cursor is the index to go on from. */
export async function listSkus(
  db: Database,
  batchId: string,
  { cursor, limit, detail = 'whole', ...filter }: SkuQuery,
): Promise<Page<SkuEntry>> {
  const { states, indices } = await findSkus(db, batchId, filter, Number(cursor ?? 0));
  const next = indices[limit];
  return {
    items: await readEntries(db, batchId, states, indices.slice(0, limit), detail),
    nextCursor: next === undefined ? null : String(next),
  };
}

/**
 * Indices of the SKUs that a filter finds, from `from` on, without reading their records: what filters ask for is kept
 * beside them.
 */
export async function findSkus(
  db: Database,
  batchId: string,
  filter: SkuFilter,
  from = 0,
): Promise<{ states: string; indices: number[] }> {
  const { redis, keys } = db;
  const batch = keys.batch(batchId);
  const [states, faults, photos, codesOf] = await Promise.all([
    redis.get(`${batch}:states`),
    filter.rule === undefined ? null : redis.hgetall(`${batch}:faults`),
    filter.photo === undefined ? null : redis.hgetall(`${batch}:photos`),
    filter.q === undefined ? null : lowerCaseCodes(db, batchId),
  ]);
  const codes = filter.reason === undefined ? undefined : await failureCodes(db, batchId, states ?? '');
  const needle = filter.q?.toLocaleLowerCase();
  const indices: number[] = [];
  for (let index = from; index < (states?.length ?? 0); index += 1) {
    if (filter.state !== undefined && STATE_OF[states?.charAt(index) ?? ''] !== filter.state) continue;
    if (codes !== undefined && codes.get(index) !== filter.reason) continue;
    if (filter.rule !== undefined && !faults?.[index]?.split('\n').includes(filter.rule)) continue;
    if (photos !== null && photos[index] !== filter.photo) continue;
    if (needle !== undefined && !codesOf?.[index]?.includes(needle)) continue;
    indices.push(index);
  }
  return { states: states ?? '', indices };
}

/** As `findSkus`; `skus` leaves only those among them. */
export async function selectSkus(
  db: Database,
  batchId: string,
  { skus, ...filter }: SkuFilter & { skus?: string[] },
): Promise<number[]> {
  const { redis, keys } = db;
  const { indices } = await findSkus(db, batchId, filter);
  if (skus === undefined) return indices;
  const named = new Set<number>();
  for (let at = 0; at < skus.length; at += NAMES_CHUNK) {
    const found = await redis.hmget(`${keys.batch(batchId)}:names`, ...skus.slice(at, at + NAMES_CHUNK));
    for (const index of found) if (index !== null) named.add(Number(index));
  }
  return indices.filter((index) => named.has(index));
}

/** Codes of the SKUs that a filter finds, in the order of submission. */
export async function selectCodes(db: Database, batchId: string, filter: SkuFilter): Promise<string[]> {
  const { redis, keys } = db;
  const [{ indices }, names] = await Promise.all([
    findSkus(db, batchId, filter),
    redis.hgetall(`${keys.batch(batchId)}:names`),
  ]);
  const codes: string[] = [];
  for (const [code, index] of Object.entries(names)) codes[Number(index)] = code;
  return indices.flatMap((index) => codes[index] ?? []);
}

/** One SKU by its code. */
export async function findSku(db: Database, batchId: string, sku: string): Promise<SkuEntry | null> {
  const { redis, keys } = db;
  const batch = keys.batch(batchId);
  const index = await redis.hget(`${batch}:names`, sku);
  if (index === null) return null;
  const states = (await redis.get(`${batch}:states`)) ?? '';
  const [[entry], lines] = await Promise.all([
    readEntries(db, batchId, states, [Number(index)]),
    redis.hget(`${batch}:decisions`, index),
  ]);
  if (!entry) return null;
  return lines === null ? entry : { ...entry, decisions: decisionsOf(lines) };
}

/** One a line; what a newer version knows and this one does not is left out. */
function decisionsOf(lines: string): Decision[] {
  return lines.split('\n').flatMap((line) => {
    const parsed = line === '' ? null : Decision.safeParse(JSON.parse(line));
    return parsed?.success ? [parsed.data] : [];
  });
}

/** The SKUs that changed after `seq`, oldest change first; `null` when more than `limit` did. */
export async function listChanges(
  db: Database,
  batchId: string,
  seq: number,
  limit: number,
  detail: Detail = 'whole',
): Promise<{ seq: number; skus: SkuEntry[] } | null> {
  const { redis, keys } = db;
  const batch = keys.batch(batchId);
  // One moment: what changes later has a higher number, and is reported next time.
  const [current, indices, states] = (await executeAll(redis, (all) =>
    all
      .hget(batch, 'seq')
      .zrangebyscore(`${batch}:changes`, `(${seq}`, '+inf', 'LIMIT', 0, limit + 1)
      .get(`${batch}:states`),
  )) as [string | null, string[], string | null];
  if (indices.length > limit) return null;
  const skus = await readEntries(db, batchId, states ?? '', indices.map(Number), detail);
  return { seq: Number(current ?? 0), skus };
}

/** The SKUs of these indices, in the order of the indices. */
export async function readEntries(
  db: Database,
  batchId: string,
  states: string,
  indices: number[],
  detail: Detail = 'whole',
): Promise<SkuEntry[]> {
  const { redis, keys } = db;
  if (indices.length === 0) return [];
  const batch = keys.batch(batchId);
  const fields = indices.map(String);
  const [inputs, records, details] = await Promise.all([
    redis.hmget(`${batch}:input`, ...fields),
    redis.hmget(`${batch}:records`, ...fields),
    detail === 'whole' ? redis.hmgetBuffer(`${batch}:details`, ...fields) : [],
  ]);
  const entries: SkuEntry[] = [];
  const yieldIfDue = yieldToEventLoop();
  for (const [position, index] of indices.entries()) {
    await yieldIfDue();
    const input = inputs[position];
    if (input == null) continue;
    const record = records[position];
    entries.push({
      index,
      input: parseShown(SkuInput, JSON.parse(input)),
      state: STATE_OF[states.charAt(index)] ?? 'waiting',
      record:
        record == null
          ? EMPTY_RECORD
          : joinDetails(parseShown(SkuRecord, JSON.parse(record)), details[position]),
    });
  }
  return entries;
}
