import { createHash } from 'node:crypto';
import { type Decision, SkuInput, SkuRecord, slotsOf } from '@image-studio/contract';
import { STATE_OF } from '../batch-store/sku-characters.ts';
import { joinDetails, splitRecord } from '../batch-store/sku-details.ts';
import { tallyOf } from '../batch-store/tally-of.ts';
import type { ControlDeps } from './control-batch.ts';
import { type ReviewOrder, reviewRecord } from './review-record.ts';
import { reviewSkusScript } from './review-skus.lua.ts';

/** How often SKUs are read again that changed between reading and writing. */
const MAX_TRIES = 5;
/** State characters of SKUs that nothing works on. `q`: to be enqueued. */
const CHARACTER = { completed: 'c', failed: 'f', needsReview: 'r', waiting: 'q' } as const;

/** What became of one SKU. `slots`: the pictures that will be made. */
export interface ReviewedSku {
  index: number;
  input: SkuInput;
  verdict: 'done' | 'busy' | 'cancelled' | 'nothing' | 'changed';
  slots: string[];
}

interface Read extends ReviewedSku {
  /** Absent when there is nothing to write. */
  write?: (string | number | Buffer)[];
}

/**
 * Takes a reviewer's decision about these SKUs (a few hundred at once), or with `dryRun` only says what it would do.
 * `isAwaited`: a person waits for just these. Everything about one SKU happens at one moment; one that a job has begun meanwhile is looked at again.
 */
export async function reviewSkus(
  deps: ControlDeps,
  batchId: string,
  indices: readonly number[],
  order: ReviewOrder & { dryRun?: boolean; isAwaited?: boolean },
): Promise<ReviewedSku[]> {
  const decided = new Map<number, Read>();
  let left = [...indices];
  for (let tries = 0; left.length > 0 && tries < MAX_TRIES; tries += 1) {
    const read = await readAndDecide(deps, batchId, left, order);
    for (const sku of read) decided.set(sku.index, sku);
    left = order.dryRun ? [] : await write(deps, batchId, read, order.isAwaited === true);
  }
  for (const index of left) {
    const sku = decided.get(index);
    if (sku) decided.set(index, { ...sku, verdict: 'busy', slots: [] });
  }
  return [...decided.values()].map(({ write: _, ...sku }) => sku);
}

async function readAndDecide(
  { redis, keys }: ControlDeps,
  batchId: string,
  indices: number[],
  order: ReviewOrder,
): Promise<Read[]> {
  const batch = keys.batch(batchId);
  const fields = indices.map(String);
  // States first: a record that is read later belongs to the state or makes the comparison fail.
  const states = (await redis.get(`${batch}:states`)) ?? '';
  // Only `restore` needs the earlier pictures, which are in the details.
  const isWhole = order.decision === 'restore';
  const [inputs, records, details] = await Promise.all([
    redis.hmget(`${batch}:input`, ...fields),
    redis.hmget(`${batch}:records`, ...fields),
    isWhole ? redis.hmgetBuffer(`${batch}:details`, ...fields) : [],
  ]);
  const at = new Date().toISOString();
  return indices.flatMap((index, position): Read[] => {
    const input = inputs[position];
    if (input == null) return [];
    const known = records[position] ?? '';
    const brief = known === '' ? EMPTY : SkuRecord.parse(JSON.parse(known));
    const before = joinDetails(brief, details[position]);
    const from = states.charAt(index);
    const outcome = reviewRecord(STATE_OF[from] ?? 'waiting', before, order, at);
    const sku = { index, input: SkuInput.parse(JSON.parse(input)), verdict: outcome.verdict, slots: [] };
    if (outcome.verdict !== 'done') return [sku];
    const { state, record, slots } = outcome;
    const parts = isWhole ? splitRecord(record) : { brief: record, details: '' };
    const after = JSON.stringify(record);
    const isSame = after === JSON.stringify(before) && STATE_OF[from] === state;
    if (isSame || state === 'active' || state === 'cancelled') return [{ ...sku, slots }];
    const { stage, code, rules } = tallyOf(record);
    // A SKU that waits for its job stays in its state; only the words of its next picture change.
    const to = STATE_OF[from] === state ? from : CHARACTER[state];
    return [
      {
        ...sku,
        slots,
        write: [
          ...[index, from, sha1(known), to, JSON.stringify(parts.brief), stage, code, rules],
          ...[parts.details, JSON.stringify(decisionOf(order, record, at))],
        ],
      },
    ];
  });
}

/** Writes what is to be written; returns the indices of SKUs that had changed meanwhile. */
async function write(
  deps: ControlDeps,
  batchId: string,
  read: Read[],
  isAwaited: boolean,
): Promise<number[]> {
  const { redis, keys } = deps;
  const changes = read.flatMap(({ index, write: fields }) => (fields ? [{ index, fields }] : []));
  if (changes.length === 0) return [];
  const [again = 0, ...written] = (await reviewSkusScript(
    redis,
    [keys.batch(batchId), keys.enqueueing, keys.open],
    [batchId, isAwaited ? 1 : 0, ...changes.flatMap(({ fields }) => fields)],
  )) as number[];
  if (again > 0) deps.wake();
  return changes.flatMap(({ index }, position) => (written[position] === 0 ? [index] : []));
}

const EMPTY: SkuRecord = { stage: null, attempts: 0, timeline: [], images: [] };

/** The line of the SKU's history. */
function decisionOf(
  { decision, by, slot, reason, prompt, extraPrompt }: ReviewOrder,
  { images }: SkuRecord,
  at: string,
): Decision {
  const instruction = extraPrompt ?? prompt;
  return {
    at,
    decision,
    slots: slot === undefined ? slotsOf(images) : [slot],
    ...(by !== undefined && { by }),
    ...(reason !== undefined && { reason }),
    ...(instruction !== undefined && { instruction: instruction.slice(0, 500) }),
  };
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
