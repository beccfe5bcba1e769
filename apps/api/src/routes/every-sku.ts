import type { SkuEntry, StudioApi } from '@image-studio/queue';
import { filterOf, type SkuFilter } from './sku-filter.ts';

/** SKUs held at a time: 100 with 8 pictures each are about 4 MB. */
const PAGE = 100;

/** The SKUs of a batch in the order of submission, a page at a time, at the reader's pace. */
export async function* everySku(
  api: Pick<StudioApi, 'skus'>,
  batchId: string,
  filter: SkuFilter,
): AsyncGenerator<SkuEntry> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<StudioApi['skus']>> = await api.skus(batchId, {
      ...filterOf(filter),
      limit: PAGE,
      ...(cursor !== null && { cursor }),
    });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
