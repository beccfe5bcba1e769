import type { SkuInput } from '@image-studio/contract';
import type { StudioApi } from '@image-studio/queue';
import { inChunks } from '../http/in-chunks.ts';
import { type Quote, quoteChunks } from '../quote-batch.ts';
import { checkDraft } from '../submission/check-draft.ts';
import type { Warning } from '../submission/warning.ts';
import { inParts, type PullDeps, type PullOrder, readPull } from './pull-feed.ts';

/** What a pull of a feed would make, and cost. */
export interface FeedQuote {
  quote: Quote;
  dialect: string;
  items: number;
  changed: number;
  /** Of what changed. */
  photos: number;
  /** The first that changed. */
  sample: SkuInput[];
  warnings: Warning[];
}

const SAMPLE_SKUS = 5;

/** Fetches a feed as a pull does and estimates what has changed in it; nothing is submitted, and nothing is noted. */
export async function quoteFeed(
  deps: Pick<PullDeps, 'store' | 'fetchFeed' | 'planFor' | 'outgoing'> & {
    api: Pick<StudioApi, 'recallSources' | 'findPaid' | 'estimate'>;
  },
  order: PullOrder,
): Promise<FeedQuote> {
  const { tenant, options } = order;
  const { now, changed, reading } = await readPull(deps, order);
  const warnings = [...reading.warnings];
  let photos = 0;
  let sample: SkuInput[] = [];
  async function* checked(): AsyncGenerator<SkuInput[]> {
    for await (const skus of inParts(changed)) {
      const draft = await checkDraft({ options, skus, bodySha256: '' }, deps.outgoing);
      warnings.push(...draft.warnings);
      photos += skus.reduce((sum, { images }) => sum + images.length, 0);
      if (sample.length === 0) sample = skus.slice(0, SAMPLE_SKUS);
      yield* inChunks(skus);
    }
  }
  const plan = deps.planFor(tenant, options);
  const quote = await quoteChunks(deps.api, { tenant, plan }, options, checked());
  return {
    quote,
    dialect: reading.dialect,
    items: now.size,
    changed: changed.count,
    photos,
    sample,
    warnings,
  };
}
