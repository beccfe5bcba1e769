import type { BatchOptions, PullSource, SkuInput } from '@image-studio/contract';
import { MAX_BODY_BYTES, MAX_SKUS_PER_BATCH } from '@image-studio/contract';
import { createSampler } from '@image-studio/planning';
import type { BatchState, StudioApi } from '@image-studio/queue';
import type { ObjectStore } from '@image-studio/storage';
import { readFeed, sniffContent, TableError } from '@image-studio/tables';
import { ProblemError } from '../http/problem-error.ts';
import { putBack } from '../http/put-back.ts';
import type { RouteContext } from '../routes/context.ts';
import { createDraftCheck } from '../submission/check-draft.ts';
import { readTableBody } from '../submission/read-table-body.ts';
import { plansOf } from '../submission/sample-of.ts';
import type { Warning } from '../submission/warning.ts';
import type { FetchFeed } from './fetch-feed.ts';
import { type Digests, digestOf, keyOfFeed, readDigests, writeDigests } from './known-items.ts';
import { createLineSpool, type LineSpool } from './line-spool.ts';

/** Half of what a batch may have: a batch has to be recorded within one answer of Redis. */
const BATCH_SKUS = MAX_SKUS_PER_BATCH / 2;
/** SKUs that are checked at a time. What is held for longer, V8 keeps until its heap is full. */
const CHECKED_SKUS = 200;
/** Text that is unpacked and sent to Redis at a time: V8 keeps strings of more than 128 KB until its heap is full. */
const CHUNK_CHARS = 64 * 1024;

export interface PullDeps {
  api: Pick<StudioApi, 'submit'>;
  store: Pick<ObjectStore, 'get' | 'put'>;
  fetchFeed: FetchFeed;
  planFor: RouteContext['planFor'];
  outgoing: RouteContext['outgoing'];
}

export interface PullOrder {
  tenant: string;
  /** Who pulls it. */
  by?: string;
  options: BatchOptions;
  feedUrl: string;
  /** Makes also what has not changed. */
  everything: boolean;
  signal: AbortSignal;
}

/** Longer than a large feed takes, and shorter than proxies wait. */
const PULL_TIMEOUT_MS = 10 * 60_000;

export function pullOrder(tenant: string, options: BatchOptions, source: PullSource): PullOrder {
  return { tenant, options, ...source, signal: AbortSignal.timeout(PULL_TIMEOUT_MS) };
}

/** A feed that has been read to its end, and what of it is to be made. */
export interface ReadPull {
  /** Digests of all its products. */
  now: Digests;
  /** Where they are kept. */
  key: string;
  /** Products that changed, checked. */
  changed: LineSpool;
  dialect: string;
  columns: SourceReading['columns'];
  /** Of each batch that it makes: places of its sample, or `null` where all is made at once. */
  samples: (number[] | null)[];
  warnings: Warning[];
}

export interface Pulled {
  /** Products in the feed that can be taken, and how many of them are made now. */
  items: number;
  changed: number;
  dialect: string;
  /** In the order of the feed; several when much has changed, none when nothing did. */
  batches: BatchState[];
  warnings: Warning[];
}

/**
 * Fetches a feed and submits what has changed in it since it was last pulled. An XML feed of any size is read while it arrives; its
 * products are held packed until its end, because nothing is submitted of a feed that breaks off. What was made is noted
 * last: a process that dies before makes the next pull submit the same again, and nothing is paid for twice.
 */
export async function pullFeed(deps: PullDeps, order: PullOrder): Promise<Pulled> {
  const { now, key, changed, dialect, columns, samples, warnings } = await readPull(deps, order);
  const batches = await submitAll(deps, order, changed, columns, samples);
  await writeDigests(deps.store, key, now);
  return { items: now.size, changed: changed.count, dialect, batches, warnings };
}

/** Fetches a feed, checks it and compares it with what was last made of it; changes nothing. Throws 422. */
export async function readPull(
  { store, fetchFeed, outgoing }: Pick<PullDeps, 'store' | 'fetchFeed' | 'outgoing'>,
  order: PullOrder,
): Promise<ReadPull> {
  const key = keyOfFeed(order.tenant, order.feedUrl);
  const known = await readDigests(store, key);
  const { name: _, webhookUrl: __, ...made } = order.options;
  const options = JSON.stringify(made);
  const now: Digests = new Map();
  const check = createDraftCheck(order.options, outgoing);
  const changed = createLineSpool();
  const size = order.options.sample ?? Number.POSITIVE_INFINITY;
  const samples: ReadPull['samples'] = [];
  let sampler = createSampler(size);
  let unchecked: SkuInput[] = [];
  const spool = async () => {
    const skus = unchecked;
    unchecked = [];
    await check.look(skus);
    for (const sku of skus) {
      await changed.add(JSON.stringify(sku));
      if (order.options.sample !== undefined) sampler.add(sku);
      if (changed.count % BATCH_SKUS !== 0) continue;
      samples.push(sampler.choose());
      sampler = createSampler(size);
    }
  };
  const reading = await readFeedSource(fetchFeed(order.feedUrl, order.signal), async (sku) => {
    const digest = digestOf(JSON.stringify(sku), options);
    now.set(sku.sku, digest);
    if (!order.everything && known.get(sku.sku) === digest) return;
    unchecked.push(sku);
    if (unchecked.length === CHECKED_SKUS) await spool();
  });
  await spool();
  samples.push(sampler.choose());
  const { dialect, columns } = reading;
  return {
    now,
    key,
    changed,
    dialect,
    columns,
    samples,
    warnings: [...reading.warnings, ...check.conclude()],
  };
}

/** What changed, a few SKUs at a time; no chunk reaches beyond the end of a batch. */
export async function* inChunks(changed: LineSpool): AsyncGenerator<SkuInput[]> {
  let skus: SkuInput[] = [];
  let chars = 0;
  let come = 0;
  for await (const line of changed.lines()) {
    skus.push(JSON.parse(line) as SkuInput);
    chars += line.length;
    come += 1;
    if (chars < CHUNK_CHARS && come % BATCH_SKUS !== 0) continue;
    yield skus;
    skus = [];
    chars = 0;
  }
  if (skus.length > 0) yield skus;
}

interface SourceReading {
  dialect: string;
  columns: { heading: string; name: string }[];
  warnings: Warning[];
}

/** XML while it arrives, every other table whole. */
export async function readFeedSource(
  bytes: AsyncIterable<Uint8Array>,
  take: (sku: SkuInput) => Promise<void>,
): Promise<SourceReading> {
  const pieces = bytes[Symbol.asyncIterator]();
  const first = await pieces.next();
  const head = Buffer.from(first.done ? [] : first.value);
  const all = putBack(first, pieces);
  if (sniffContent(head).is === 'xml') {
    return readFeed(all, take).catch((error: unknown) => {
      if (!(error instanceof TableError)) throw error;
      throw new ProblemError(422, 'INVALID_FEED', error.message, { cause: error });
    });
  }
  const { skus, columns = [], table } = await readTableBody(await collect(all), {});
  for (const sku of skus) await take(sku);
  return { dialect: table?.dialect ?? 'generic', columns, warnings: table?.warnings ?? [] };
}

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of bytes) {
    length += part.length;
    if (length > MAX_BODY_BYTES) {
      const message = `The feed is no XML and holds more than ${MAX_BODY_BYTES / 1024 / 1024} MB, which only XML may.`;
      throw new ProblemError(422, 'FEED_TOO_LARGE', message);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** As many batches as it takes, all of one name. */
async function submitAll(
  deps: PullDeps,
  { tenant, by, options }: PullOrder,
  changed: LineSpool,
  columns: SourceReading['columns'],
  samples: ReadPull['samples'],
): Promise<BatchState[]> {
  const batches: BatchState[] = [];
  const plans = plansOf(options, (asked) => deps.planFor(tenant, asked));
  const who = by === undefined ? {} : { by };
  const chunks = inChunks(changed);
  for (let left = changed.count; left > 0; left -= BATCH_SKUS) {
    const count = Math.min(left, BATCH_SKUS);
    const skus = { count, chunks: next(chunks, count) };
    const sample = samples[batches.length] ?? null;
    const first = sample === null ? {} : { sample };
    batches.push(
      (await deps.api.submit({ tenant, ...who, options, ...plans, skus, ...first, columns })).batch,
    );
  }
  return batches;
}

/** The next chunks of as many SKUs; leaves the others where they are. */
async function* next(chunks: AsyncIterator<SkuInput[]>, count: number): AsyncGenerator<SkuInput[]> {
  for (let come = 0; come < count; ) {
    const { value, done } = await chunks.next();
    if (done) return;
    come += value.length;
    yield value;
  }
}
