import type { OriginalJobStatus, SkuState } from '@image-studio/contract';
import { chooseSources } from '@image-studio/planning';
import type { BatchState, SkuEntry, StudioApi } from '@image-studio/queue';
import type { Links } from './links.ts';

type Item = OriginalJobStatus['result']['items'][number];

const ENDED: readonly SkuState[] = ['completed', 'needsReview', 'failed', 'cancelled'];
/** SKUs read at a time; parsing 500 records holds the loop for about 15 ms. */
const PAGE = 500;

/** A batch in the words of the original client; `result.items` holds the SKUs that have ended, in order. */
export async function viewOriginalStatus(
  batch: BatchState,
  api: Pick<StudioApi, 'skus'>,
  links: Links,
): Promise<OriginalJobStatus> {
  const { counts } = batch;
  const ended = await endedSkus(batch, api);
  const items: Item[] = [];
  for (const entry of ended) items.push(...(await itemsOf(entry, links)));
  const current = counts.total - counts.waiting - counts.active;
  const error = errorOf(batch, ended);
  return {
    jobId: batch.id,
    status: batch.status === 'paused' ? 'running' : batch.status,
    ...(error !== null && { error }),
    progress: {
      stage: await stageOf(batch, api),
      current,
      total: counts.total,
      percentage: counts.total === 0 ? 0 : Math.floor((current / counts.total) * 1000) / 10,
    },
    result: { items },
  };
}

async function endedSkus(batch: BatchState, api: Pick<StudioApi, 'skus'>): Promise<SkuEntry[]> {
  const ended: SkuEntry[] = [];
  for (const state of ENDED.filter((name) => batch.counts[name] > 0)) {
    let cursor: string | undefined;
    do {
      const page = await api.skus(batch.id, {
        state,
        limit: PAGE,
        detail: 'brief',
        ...(cursor !== undefined && { cursor }),
      });
      ended.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
  return ended.sort((a, b) => a.index - b.index);
}

async function itemsOf({ input, state, record }: SkuEntry, links: Links): Promise<Item[]> {
  const done = [...record.images].sort((a, b) => Number(b.role === 'main') - Number(a.role === 'main'));
  const items: Item[] = [];
  for (const { sourceUrl, key, width, height, bytes } of done) {
    items.push({
      sku: input.sku,
      ok: true,
      source_url: sourceUrl,
      result_url: await links.object(key),
      metadata: { width, height, size_bytes: bytes },
    });
  }
  if (state === 'failed' || state === 'cancelled') {
    items.push({
      sku: input.sku,
      ok: false,
      source_url: chooseSources(input).main.url,
      result_url: null,
      metadata: null,
      error: record.failure === undefined ? 'CANCELLED' : `${record.failure.code}: ${record.failure.message}`,
    });
  }
  return items;
}

function errorOf(batch: BatchState, ended: readonly SkuEntry[]): string | null {
  if (batch.status !== 'failed') return null;
  const failure = ended.find((entry) => entry.record.failure !== undefined)?.record.failure;
  const first = failure === undefined ? '' : `; first: ${failure.code}: ${failure.message}`;
  return `none of ${batch.counts.total} SKUs succeeded${first}`;
}

/** The stage of a SKU that is being worked on; without one, the batch's own status. */
async function stageOf(batch: BatchState, api: Pick<StudioApi, 'skus'>): Promise<string> {
  if (batch.counts.active === 0) return batch.status;
  const { items } = await api.skus(batch.id, { state: 'active', limit: 1 });
  return items[0]?.record.stage ?? batch.status;
}
