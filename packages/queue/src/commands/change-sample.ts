import { createHash } from 'node:crypto';
import { BatchOptions, type BatchPlan, poolsOf, SkuRecord } from '@image-studio/contract';
import type { SkuEntry } from '../batch-store/batch-state.ts';
import { readPools } from '../batch-store/read-pools.ts';
import { readSample } from '../batch-store/read-sample.ts';
import { tallyOf } from '../batch-store/tally-of.ts';
import { writePools } from '../batch-store/write-pools.ts';
import { changeSampleScript } from './change-sample.lua.ts';
import type { ControlDeps } from './control-batch.ts';

/** How a batch is to be made from now on. */
export interface SampleOrder {
  /**
   * `sample`: the changed pictures of the sample are made again, and the batch waits once more. `rest`: the sample stays as it
   * is, and all other SKUs are made. `all`: both at once.
   */
  apply: 'sample' | 'rest' | 'all';
  /** The options and the plan from now on, of the options until now. */
  change(options: BatchOptions): { options: BatchOptions; plan: BatchPlan; nextPlans?: readonly BatchPlan[] };
  /** The record of a SKU, its pictures marked that the new plan would change; `null` where it would change none. */
  outdate(
    entry: SkuEntry,
    made: { before: BatchOptions; options: BatchOptions; plan: BatchPlan },
  ): SkuRecord | null;
}

/** How many SKUs are made again. `idle`: the batch does not wait for anybody. `busy`: others keep changing it. */
export type SampleVerdict = { verdict: 'done'; again: number } | { verdict: 'idle' | 'busy' };

/** How often the batch is read again, when it changed between reading and writing. */
const MAX_TRIES = 5;
const CHARACTER = { completed: 'c', failed: 'f', needsReview: 'r' } as const;

/**
 * Changes how a batch that waits with its sample is made, in one step: a process that dies in between has changed nothing. SKUs
 * that failed are tried again.
 */
export async function changeSample(
  deps: ControlDeps,
  batchId: string,
  order: SampleOrder,
): Promise<SampleVerdict> {
  const { redis, keys } = deps;
  const batch = keys.batch(batchId);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const [known, pools] = await redis.hmget(batch, 'options', 'pools');
    if (known == null) return { verdict: 'idle' };
    const before = BatchOptions.parse(JSON.parse(known));
    const made = { before, ...order.change(before) };
    const again =
      order.apply === 'rest' ? [] : await skusAgain(deps, batchId, (entry) => order.outdate(entry, made));
    const written = Number(
      await changeSampleScript(
        redis,
        [batch, keys.enqueueing],
        [
          ...[batchId, sha1(known), JSON.stringify(made.options), JSON.stringify(made.plan)],
          // The batch has places among the calls in flight of the pools before, which are forgotten with it.
          ...[writePools([...poolsOf(made.plan), ...readPools(pools)]), order.apply === 'sample' ? 0 : 1],
          made.nextPlans === undefined ? '' : made.nextPlans.map((one) => JSON.stringify(one)).join('\n'),
          ...again.flat(),
        ],
      ),
    );
    if (written === -1) return { verdict: 'idle' };
    if (written === 1) {
      deps.wake();
      return { verdict: 'done', again: again.length };
    }
  }
  return { verdict: 'busy' };
}

async function skusAgain(
  { redis, keys }: ControlDeps,
  batchId: string,
  outdate: (entry: SkuEntry) => SkuRecord | null,
): Promise<(string | number)[][]> {
  const batch = keys.batch(batchId);
  const entries = await readSample({ redis, keys }, batchId);
  const records = await Promise.all(
    entries.map(({ index }) => redis.hget(`${batch}:records`, String(index))),
  );
  return entries.flatMap((entry, position) => {
    const known = records[position] ?? '';
    const { index, state } = entry;
    if (state !== 'completed' && state !== 'failed' && state !== 'needsReview') return [];
    // The details that a brief record leaves out stay where they are.
    const brief = known === '' ? null : SkuRecord.parse(JSON.parse(known));
    const outdated = outdate(entry);
    if (outdated === null && state !== 'failed') return [];
    const record = brief === null || outdated === null ? brief : markedAs(brief, outdated);
    const { stage, code, rules } = tallyOf(record ?? entry.record);
    const written = record === null || outdated === null ? '' : JSON.stringify(record);
    return [[index, CHARACTER[state], sha1(known), written, stage, code, rules]];
  });
}

/** The brief record with the marks of the whole one. */
function markedAs(brief: SkuRecord, { images, redo }: SkuRecord): SkuRecord {
  const { redo: _, ...record } = brief;
  const isOutdated = (position: number) => images[position]?.outdated === true;
  return {
    ...record,
    images: record.images.map((image, position) =>
      isOutdated(position) ? { ...image, outdated: true } : image,
    ),
    ...(redo && { redo }),
  };
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
