import { type BatchSummary, type FailureCode, Stage, type StageSummary } from '@image-studio/contract';
import type { Database } from '../redis/database.ts';
import { failureCodes } from './failure-codes.ts';
import { percentiles } from './percentiles.ts';
import { readEconomy } from './read-economy.ts';
import { readHistory } from './read-history.ts';
import { readEntries } from './read-skus.ts';
import { listSharedPhotos } from './shared-photos.ts';
import { STAGE_CHARACTER, STAGE_OF } from './sku-characters.ts';

/**
 * Stages, failures, failing checks and history of a batch. 10,000 SKUs are three strings of 10 KB and a few small
 * hashes; records are read only for one example of each failure.
 */
export async function readSummary(db: Database, batchId: string): Promise<BatchSummary> {
  const { redis, keys } = db;
  const batch = keys.batch(batchId);
  const states = (await redis.get(`${batch}:states`)) ?? '';
  const [codes, stages, checks, times, history, sharedPhotos, economy] = await Promise.all([
    failureCodes(db, batchId, states),
    redis.get(`${batch}:stages`),
    redis.hgetall(`${batch}:checks`),
    redis.lrange(`${batch}:ms`, 0, -1),
    redis.hgetall(`${batch}:history`),
    listSharedPhotos(db, batchId),
    readEconomy(db, batchId),
  ]);
  const groups = groupFailures(codes);
  const examples = await readEntries(
    db,
    batchId,
    states,
    groups.map(({ index }) => index),
  );
  return {
    stages: summarizeStages(states, stages ?? '', times),
    failures: groups.flatMap(({ code, count }, at) => {
      const { input, record } = examples[at] ?? {};
      if (!input || !record?.failure) return [];
      const { message, sentence, retryable } = record.failure;
      const example = { sku: input.sku, message, ...(sentence && { sentence }) };
      return [{ code, count, retryable, example }];
    }),
    checks: Object.entries(checks)
      .map(([rule, count]) => ({ rule, count: Number(count) }))
      .sort((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1)),
    sharedPhotos,
    history: readHistory(history),
    ...(economy && { economy }),
  };
}

/** Failed SKUs by code, largest group first; `index` is the first SKU of each. */
function groupFailures(
  codes: Map<number, FailureCode>,
): { code: FailureCode; count: number; index: number }[] {
  const groups = new Map<FailureCode, { code: FailureCode; count: number; index: number }>();
  for (const [index, code] of codes) {
    const group = groups.get(code);
    if (group) group.count += 1;
    else groups.set(code, { code, count: 1, index });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

function summarizeStages(states: string, stages: string, times: string[]): StageSummary[] {
  const active = new Map<Stage, number>();
  /** SKUs whose way ended (so far) in this stage, so that only what comes before it is done. */
  const reached = new Map<Stage, number>();
  let passed = 0;
  for (let index = 0; index < states.length; index += 1) {
    const state = states.charAt(index);
    const character = stages.charAt(index);
    // A SKU that has only just begun is about to download.
    const stage = STAGE_OF.get(character.toLowerCase()) ?? 'download';
    if (state === 'a') active.set(stage, (active.get(stage) ?? 0) + 1);
    if (state === 'c' || state === 'r') passed += 1;
    else if (state !== 'q' && state !== 'w') {
      if (/[A-Z]/.test(character)) passed += 1;
      else reached.set(stage, (reached.get(stage) ?? 0) + 1);
    }
  }
  let done = passed + [...reached.values()].reduce((sum, count) => sum + count, 0);
  return Stage.options.map((stage) => {
    done -= reached.get(stage) ?? 0;
    const character = STAGE_CHARACTER[stage];
    const own = times.filter((entry) => entry.startsWith(character)).map((entry) => Number(entry.slice(1)));
    return { stage, active: active.get(stage) ?? 0, done, p50Ms: percentiles(own)?.p50 ?? null };
  });
}
