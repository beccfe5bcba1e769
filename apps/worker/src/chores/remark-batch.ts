import { type BatchOptions, isAiMade } from '@image-studio/contract';
import { markAsAi } from '@image-studio/imaging/marks';
import { planOutput } from '@image-studio/planning';
import type { ChoreOutcome, ChorePart, RemarkedSku, RemarkWork, SkuEntry } from '@image-studio/queue';
import { IMMUTABLE, type ObjectStore } from '@image-studio/storage';
import { STORE_WAIT_MS, StoreUnavailable } from '../store/store-unavailable.ts';

export interface RemarkBatchDeps {
  remarks: RemarkWork;
  store: Pick<ObjectStore, 'get' | 'put'>;
  log: { warn(fields: object, message: string): void };
}

/** No finished picture is larger; a larger file is not this product's. */
const MOST_BYTES = 64e6;

/**
 * Writes the mark of AI pictures into the stored files of some SKUs that lack it: one file in memory at a time, its pixels as
 * they were, under the same key. Pictures that are not listed any more, and could be again, are marked as well.
 */
export function remarkBatch(deps: RemarkBatchDeps): (part: ChorePart) => Promise<ChoreOutcome> {
  return async ({ id, from, to, signal, isWanted }) => {
    const options = await deps.remarks.remarkTerms(id);
    if (options === null) return { next: 'done' };
    try {
      for (const sku of await deps.remarks.skusToRemark(id, from, to)) {
        signal.throwIfAborted();
        if (!(await isWanted())) return { next: 'done' };
        await deps.remarks.recordRemarked(id, sku.index, await remarkSku(deps, options, sku, signal));
      }
      return { next: 'done' };
    } catch (error) {
      if (error instanceof StoreUnavailable) return { next: 'wait', ms: STORE_WAIT_MS };
      throw error;
    }
  };
}

async function remarkSku(
  { store, log }: RemarkBatchDeps,
  options: BatchOptions,
  { input, record }: SkuEntry,
  signal: AbortSignal,
): Promise<RemarkedSku> {
  const counts = { written: 0, marked: 0, notAi: 0, missing: 0, tooLarge: 0 };
  const bytes = new Map<string, number>();
  const { maxBytes = MOST_BYTES } = planOutput(options);
  const dropped = record.images.flatMap(({ tries = [] }) => tries.flatMap(({ picture }) => picture ?? []));
  for (const picture of [...record.images, ...dropped]) {
    const { key, format } = picture;
    if (!isAiMade(picture)) {
      counts.notAi += 1;
      continue;
    }
    const file = await store.get(key, { signal, maxBytes: MOST_BYTES });
    if (file === null) {
      counts.missing += 1;
      continue;
    }
    try {
      const marked = markAsAi(file);
      if (marked === null) counts.marked += 1;
      else if (marked.length > maxBytes) counts.tooLarge += 1;
      else {
        const contentType = `image/${format}`;
        await store.put(key, marked, { contentType, cacheControl: IMMUTABLE, signal });
        counts.written += 1;
      }
      const now = marked === null || marked.length > maxBytes ? file : marked;
      if (now.length !== picture.bytes) bytes.set(key, now.length);
    } catch (err) {
      if (err instanceof StoreUnavailable || signal.aborted) throw err;
      log.warn({ err, sku: input.sku }, 'a stored picture cannot be marked');
      counts.missing += 1;
    }
  }
  return { counts, bytes };
}
