import type { BatchView } from '@image-studio/contract';
import type { BatchState } from '@image-studio/queue';
import type { Links } from './links.ts';

/** What a client sees of a batch: everything but the tenant and the options it was submitted with. */
export function viewBatch({ tenant, options, ...batch }: BatchState, links: Links): BatchView {
  return { ...batch, links: links.batchLinks(batch.id) };
}
