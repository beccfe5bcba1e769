import type { BatchOptions, BatchPlan } from '@image-studio/contract';
import type { SkuEntry, StudioApi } from '@image-studio/queue';
import { addPrice, arePaid, callsOf, costRange, planSku } from './quote-batch.ts';

export interface RetryQuote {
  wouldRetry: number;
  /** Of them, those whose photo was at fault: they succeed only if it has been replaced. No calls are counted for them. */
  unlikely: number;
  /** Calls that would be made: pictures that are missing or were rejected, and are not paid for. */
  calls: number;
  costUsd: { low: number; high: number };
}

/** SKUs read at once, records and all. */
const PAGE = 200;

/** What trying failed SKUs again would cost. Changes nothing. */
export async function quoteRetry(
  api: Pick<StudioApi, 'skus' | 'recallSources' | 'findPaid'>,
  plan: BatchPlan,
  batch: { id: string; tenant: string; options: BatchOptions },
  filter: { reason?: string; skus?: string[] },
): Promise<RetryQuote> {
  const { skus, ...query } = filter;
  const named = skus && new Set(skus);
  const seen = new Set<string>();
  let wouldRetry = 0;
  let unlikely = 0;
  let calls = 0;
  const usd = { low: 0, high: 0 };
  for (let cursor: string | null = '0'; cursor !== null; ) {
    const page = await api.skus(batch.id, { ...query, state: 'failed', limit: PAGE, cursor });
    cursor = page.nextCursor;
    const entries: SkuEntry[] = page.items.filter(({ input }) => named?.has(input.sku) ?? true);
    wouldRetry += entries.length;
    const likely = entries.filter((entry) => !isPhotoAtFault(entry));
    unlikely += entries.length - likely.length;
    for (const call of await openCalls(api, plan, batch, likely)) {
      // Equal calls are made once.
      if (seen.has(call.callKey)) continue;
      if (call.known) seen.add(call.callKey);
      calls += 1;
      addPrice(usd, call);
    }
  }
  return {
    wouldRetry,
    unlikely,
    calls,
    costUsd: costRange(usd),
  };
}

/** A photo that is missing, too large, no picture …: the same photo fails again before any call. */
function isPhotoAtFault({ record: { failure } }: SkuEntry): boolean {
  return failure !== undefined && !failure.retryable && failure.code.startsWith('SOURCE_');
}

async function openCalls(
  api: Pick<StudioApi, 'recallSources' | 'findPaid'>,
  plan: BatchPlan,
  { tenant, options }: { tenant: string; options: BatchOptions },
  entries: SkuEntry[],
) {
  const planned = entries.map(({ input, record }) =>
    planSku({ options, sku: input, plan, redo: record.redo }),
  );
  const digests = await api.recallSources(planned.flatMap(({ sources }) => sources));
  const missing = planned.flatMap(({ context, sources }, position) => {
    const calls = callsOf(context, digests.splice(0, sources.length));
    return calls.filter((call) => !isMade(entries[position], call));
  });
  const paid = await arePaid(api, tenant, missing);
  return missing.filter((_, position) => !paid[position]);
}

/** As the SKU's job will see it: the picture of this round is there, or one that stays whatever was asked for. */
function isMade(entry: SkuEntry | undefined, call: { slot: string }): boolean {
  const image = entry?.record.images.find(({ slot }) => slot === call.slot);
  const redo = entry?.record.redo?.[call.slot];
  return (
    image !== undefined && (redo === undefined || redo.kept === true || (image.round ?? 0) >= redo.round)
  );
}
